#include "doctor/checks.h"

#include <sys/stat.h>
#include <sys/statvfs.h>

#include "base/confine.h"
#include "base/file.h"
#include "doctor/finding.h"
#include "smtp/relay.h"

enum { DISK_SPARE = 64 * 1024 * 1024 /* bytes to spare besides a second database */ };

void doctor_check_library(struct doctor *doctor)
{
    char name[128];
    const char *word;
    relay_library(name, &word);
    if (word != NULL) {
        finding_warning(doctor, "libcurl", "%s: %s", name, word);
    } else {
        finding_fine(doctor, "libcurl", "%s", name);
    }
}

/* The restrictions that contain an attacker who has taken over a process. */
void doctor_check_confinement(struct doctor *doctor)
{
    struct failure why = {0};
    int landlock = confine_landlock_version();
    if (!confine_has_filters()) {
        fail(&why, FAILURE_SYSTEM, "%s", CONFINE_NO_FILTERS);
        finding_fault(doctor, "confine", &why);
    } else if (landlock == 0) {
        finding_warning(doctor, "confine", "%s", CONFINE_NO_LANDLOCK);
    } else {
        finding_fine(doctor, "confine", "system calls by seccomp, files by Landlock (version %d)",
                     landlock);
    }
}

/* The ledger of a large issue, a backup or a migration may take as much again as the database. */
void doctor_check_disk(struct doctor *doctor)
{
    const char *path = doctor->settings->database;
    const char *folder = file_folder(doctor->arena, path);
    struct stat file;
    struct statvfs disk;
    if (stat(path, &file) != 0 || statvfs(folder, &disk) != 0) {
        return;
    }
    double room = (double)disk.f_bavail * (double)disk.f_frsize;
    double size = (double)file.st_size;
    if (room >= size + DISK_SPARE) {
        finding_fine(doctor, "disk", "%.0f MB are free beside a database of %.1f MB", room / 1e6,
                     size / 1e6);
    } else {
        finding_warning(doctor, "disk",
                        "%.0f MB are free beside a database of %.1f MB; an issue to many readers "
                        "or a backup may not fit",
                        room / 1e6, size / 1e6);
    }
}
