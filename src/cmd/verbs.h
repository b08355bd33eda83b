/* The verbs, one file each, in the order of the help. */
#ifndef CMD_VERBS_H
#define CMD_VERBS_H

#include "cmd/program.h"

extern const struct verb verb_init;
extern const struct verb verb_import;
extern const struct verb verb_pick;
extern const struct verb verb_comparison;
extern const struct verb verb_issue;
extern const struct verb verb_render;
extern const struct verb verb_preview;
extern const struct verb verb_check;
extern const struct verb verb_send;
extern const struct verb verb_weekly;
extern const struct verb verb_hold;
extern const struct verb verb_release;
extern const struct verb verb_adopt;
extern const struct verb verb_bounces;
extern const struct verb verb_serve;
extern const struct verb verb_subscribers;
extern const struct verb verb_dkim_key;
extern const struct verb verb_config;
extern const struct verb verb_status;
extern const struct verb verb_doctor;
extern const struct verb verb_backup;
extern const struct verb verb_archive;
extern const struct verb verb_report;
extern const struct verb verb_complete;

#endif
