#include <string.h>

#include "base/confine.h"
#include "bounce/cage.h"
#include "cmd/program.h"

int main(int argc, char **argv)
{
    confine_hide();
    if (argc == 2 && strcmp(argv[1], CAGE_ARGUMENT) == 0) {
        return cage_serve();
    }
    return program_run(argc, argv);
}
