/* `config`: shows the settings in force and where each came from, or checks them. */
#include <stdio.h>
#include <string.h>

#include "cmd/common.h"
#include "cmd/verbs.h"
#include "doctor/checkup.h"

enum config_option { CONFIG_JSON };

static const struct option_spec config_options[] = {
    [CONFIG_JSON] = {"json", 0, NULL, "print JSON", false},
    {0},
};

static void config_show_json(struct program *program)
{
    struct arena *arena = &program->arena;
    struct value *list = value_list(arena);
    for (size_t i = 0; i < program->settings.row_count; i++) {
        const struct settings_row *row = &program->settings.rows[i];
        struct value *object = value_object(arena);
        value_set_text(arena, object, "key", row->key);
        value_set_text(arena, object, "value", row->value);
        value_set_text(arena, object, "origin", row->origin);
        value_set_text(arena, object, "purpose", row->purpose);
        value_add(list, object);
    }
    common_print_json(list);
}

static bool config_show(struct program *program, struct failure *why)
{
    if (!common_no_operands(program, 1, why)) {
        return false;
    }
    if (program->options[CONFIG_JSON].count > 0) {
        config_show_json(program);
        return true;
    }
    for (size_t i = 0; i < program->settings.row_count; i++) {
        const struct settings_row *row = &program->settings.rows[i];
        printf("%-28s = %s  (%s)\n", row->key, row->value, row->origin);
    }
    return true;
}

static bool config_check(struct program *program, struct failure *why)
{
    struct token_keys *keys = arena_alloc(&program->arena, sizeof *keys);
    struct store *store = NULL;
    bool good = common_no_operands(program, 1, why) &&
                settings_require_site(&program->settings, why) &&
                settings_require_mail(&program->settings, why) &&
                settings_require_relay(&program->settings, why) &&
                checkup_files(&program->arena, &program->settings, why) &&
                token_keys_read(program->settings.secret_file, keys, why) &&
                store_open(program->settings.database, STORE_READ_ONLY, &store, why);
    store_close(store);
    const char *warnings[CHECKUP_WARNINGS];
    for (size_t i = 0,
                count = good ? checkup_warnings(&program->arena, &program->settings, warnings) : 0;
         i < count; i++) {
        fprintf(stderr, "verdicts: warning: %s\n", warnings[i]);
    }
    if (good && !program->quiet) {
        printf("%s: fine\n", program->settings_file != NULL ? program->settings_file : "settings");
    }
    return good;
}

static bool config_run(struct program *program, int *status, struct failure *why)
{
    static const char *const words[] = {"show", "check"};
    size_t chosen;
    (void)status;
    return common_subverb(program, words, 2, &chosen, why) &&
           common_options_fit(program, config_options, chosen == 0 ? 1u << CONFIG_JSON : 0, why) &&
           (chosen == 0 ? config_show(program, why) : config_check(program, why));
}

const struct verb verb_config = {
    .name = "config",
    .needs = NEEDS_SETTINGS,
    .options = config_options,
    .usage = "show [--json] | check",
    .help = "Show the settings in force and where each came from, or check them",
    .examples = "  verdicts config show\n"
                "  verdicts config check\n",
    .run = config_run,
};
