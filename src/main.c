#include <string.h>

#include "base/confine.h"
#include "bounce/sandbox.h"
#include "cmd/program.h"

int main(int argc, char **argv)
{
    confine_hide();
    if (argc == 2 && strcmp(argv[1], SANDBOX_ARGUMENT) == 0) {
        return sandbox_serve();
    }
    return program_run(argc, argv);
}
