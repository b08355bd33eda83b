#include "scratch.h"

#include "store/comparison_life.h"

static struct comparison_outcome save(struct scratch *scratch, struct comparison *comparison)
{
    struct comparison_outcome outcome;
    must(comparison_save(scratch->store, &scratch->arena, comparison, NOW, &outcome, &why));
    return outcome;
}

static struct comparison *find(struct scratch *scratch, const char *slug)
{
    struct comparison *found;
    must(comparison_find(scratch->store, &scratch->arena, slug, &found, &why));
    return found;
}

static struct review two_reviews[] = {
    {.reviewer = NULL, .verdict = VERDICT_UNKNOWN, .quote = "Fast enough."},
    {.reviewer = NULL, .verdict = VERDICT_UNKNOWN, .quote = "Too dear."},
};

static struct review named_reviews[] = {
    {.reviewer = "Builder", .verdict = VERDICT_SHIP, .quote = "Fast enough."},
    {.reviewer = "Skeptic", .verdict = VERDICT_SKIP, .quote = "Too dear."},
};

static struct review other_reviews[] = {
    {.reviewer = NULL, .verdict = VERDICT_UNKNOWN, .quote = "Fast enough."},
    {.reviewer = NULL, .verdict = VERDICT_UNKNOWN, .quote = "Cheap, in truth."},
};

static void a_comparison_comes_back_as_it_went_in(void **state)
{
    struct scratch *scratch = *state;
    struct comparison made =
        sample_comparison(&scratch->arena, "haiku", "mistral", NOW - DAY, "first");
    made.url = "https://example.org/x";
    made.left.url = "https://example.org/haiku";
    made.left.tagline = "small \xe2\x80\x94 and quick";
    made.left.price_note = "Entry";
    made.left.reviews = named_reviews;
    made.left.review_count = 2;
    made.right.panel_ship = 0;
    made.right.community_ship = 100;
    struct comparison_outcome outcome = save(scratch, &made);
    assert_int_equal(outcome.saved, COMPARISON_NEW);
    assert_int_equal(outcome.revision, 1);
    assert_int_equal(outcome.published_at, NOW - DAY);
    assert_int_equal(outcome.conflict_count, 0);
    struct comparison *found = find(scratch, "haiku-vs-mistral");
    assert_int_equal(found->id, made.id);
    assert_int_equal(found->left.id, made.left.id);
    assert_string_equal(found->title, "haiku vs mistral");
    assert_string_equal(found->question, "which one?");
    assert_string_equal(found->url, "https://example.org/x");
    assert_string_equal(found->content_hash, "first");
    assert_int_equal(found->published_at, NOW - DAY);
    assert_int_equal(found->updated_at, NOW);
    assert_string_equal(found->left.tagline, made.left.tagline);
    assert_string_equal(found->left.price_note, "Entry");
    assert_int_equal(found->left.panel_ship, 75);
    assert_int_equal(found->left.community_ship, PERCENT_NONE);
    assert_int_equal(found->left.review_count, 2);
    assert_string_equal(found->left.reviews[1].reviewer, "Skeptic");
    assert_int_equal(found->left.reviews[1].verdict, VERDICT_SKIP);
    assert_string_equal(found->left.reviews[0].quote, "Fast enough.");
    assert_int_equal(found->right.panel_ship, 0);
    assert_int_equal(found->right.community_ship, 100);
    assert_int_equal(found->right.review_count, 0);
    assert_null(found->right.url);
    assert_null(find(scratch, "absent"));
}

static void the_same_content_again_writes_nothing(void **state)
{
    struct scratch *scratch = *state;
    struct comparison made = sample_comparison(&scratch->arena, "a", "b", NOW - DAY, "first");
    save(scratch, &made);
    int64_t before = sqlite3_total_changes64(scratch->store->db);
    struct comparison again = sample_comparison(&scratch->arena, "a", "b", NOW, "first");
    again.undated = true;
    struct comparison_outcome outcome = save(scratch, &again);
    assert_int_equal(outcome.saved, COMPARISON_UNCHANGED);
    assert_int_equal(outcome.published_at, NOW - DAY);
    assert_int_equal(again.id, made.id);
    assert_int_equal(again.right.id, made.right.id);
    assert_int_equal(sqlite3_total_changes64(scratch->store->db), before);
}

static void a_changed_page_is_a_new_revision_of_the_same_day(void **state)
{
    struct scratch *scratch = *state;
    struct comparison made = sample_comparison(&scratch->arena, "a", "b", NOW - DAY, "first");
    save(scratch, &made);
    struct comparison changed = sample_comparison(&scratch->arena, "a", "b", NOW, "second");
    changed.undated = true;
    changed.question = "and now?";
    struct comparison_outcome outcome = save(scratch, &changed);
    assert_int_equal(outcome.saved, COMPARISON_CHANGED);
    assert_int_equal(outcome.revision, 2);
    assert_int_equal(outcome.published_at, NOW - DAY);
    struct comparison *found = find(scratch, "a-vs-b");
    assert_int_equal(found->id, made.id);
    assert_string_equal(found->question, "and now?");
    assert_int_equal(found->published_at, NOW - DAY);
    assert_int_equal(found->revision, 2);
}

static void a_comparison_without_a_date_is_published_when_it_comes_in(void **state)
{
    struct scratch *scratch = *state;
    struct comparison made = sample_comparison(&scratch->arena, "a", "b", 0, "first");
    assert_int_equal(save(scratch, &made).published_at, NOW);
}

static void a_tool_of_several_pages_is_one_tool(void **state)
{
    struct scratch *scratch = *state;
    add_comparison(scratch, "haiku", "a", NOW);
    add_comparison(scratch, "haiku", "b", NOW);
    add_comparison(scratch, "c", "haiku", NOW);
    assert_int_equal(ask(scratch->store, "SELECT count(*) FROM tool"), 4);
    assert_int_equal(find(scratch, "c-vs-haiku")->right.id, find(scratch, "haiku-vs-a")->left.id);
}

/* Two pages tell one tool, the second one newer or older; which field, and what then stands. */
static const struct {
    const char *field;
    int64_t second_at;          /* of the second page; the first is of NOW */
    const char *kept, *dropped; /* NULL: the first one's word stays, and nothing is said */
} conflicts[] = {
    {"price", NOW + 1, "$20/mo", "Free"},
    {"price", NOW, "$20/mo", "Free"},
    {"price", NOW - 1, "Free", NULL},
    {"name", NOW + 1, "Other", "haiku"},
    {"category", NOW - 1, "Developer Tools", NULL},
    {"tagline", NOW + 1, "Other", "none"},
    {"description", NOW + 1, "Other", "none"},
    {"price_note", NOW + 1, "Other", "none"},
    {"panel_ship", NOW + 1, "50%", "75%"},
    {"panel_ship", NOW - 1, "75%", NULL},
    {"community_ship", NOW + 1, "50%", "none"},
    {"url", NOW + 1, "https://example.org/new", "https://example.org/old"},
};

static void tell_differently(struct tool *tool, const char *field)
{
    const struct {
        const char *name;
        const char **text;
        const char *value;
    } texts[] = {
        {"name", &tool->name, "Other"},
        {"category", &tool->category, "Other"},
        {"tagline", &tool->tagline, "Other"},
        {"description", &tool->description, "Other"},
        {"price", &tool->price, "$20/mo"},
        {"price_note", &tool->price_note, "Other"},
        {"url", &tool->url, "https://example.org/new"},
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (strcmp(texts[i].name, field) == 0) {
            *texts[i].text = texts[i].value;
        }
    }
    tool->panel_ship = strcmp(field, "panel_ship") == 0 ? 50 : tool->panel_ship;
    tool->community_ship = strcmp(field, "community_ship") == 0 ? 50 : tool->community_ship;
}

static void where_two_pages_differ_the_newer_one_wins_and_it_is_told(void **state)
{
    struct scratch *scratch = *state;
    for (size_t i = 0; i < sizeof conflicts / sizeof *conflicts; i++) {
        must(store_begin(scratch->store, &why));
        struct comparison first = sample_comparison(&scratch->arena, "haiku", "a", NOW, "1");
        first.left.url = "https://example.org/old";
        first.left.own_slug = true; /* so that the name may differ */
        save(scratch, &first);
        struct comparison second =
            sample_comparison(&scratch->arena, "haiku", "b", conflicts[i].second_at, "2");
        second.left.own_slug = true;
        second.left.url = first.left.url;
        tell_differently(&second.left, conflicts[i].field);
        struct comparison_outcome outcome = save(scratch, &second);
        struct comparison *found = find(scratch, "haiku-vs-a");
        assert_int_equal(outcome.conflict_count, conflicts[i].dropped != NULL);
        if (conflicts[i].dropped != NULL) {
            assert_string_equal(outcome.conflicts[0].field, conflicts[i].field);
            assert_string_equal(outcome.conflicts[0].kept, conflicts[i].kept);
            assert_string_equal(outcome.conflicts[0].dropped, conflicts[i].dropped);
            assert_string_equal(outcome.conflicts[0].tool, found->left.name);
        }
        if (strcmp(conflicts[i].field, "price") == 0) {
            assert_string_equal(found->left.price, conflicts[i].kept);
        }
        if (strcmp(conflicts[i].field, "panel_ship") == 0) {
            assert_int_equal(found->left.panel_ship, strtol(conflicts[i].kept, NULL, 10));
        }
        store_rollback(scratch->store);
    }
}

static void what_a_page_cannot_say_is_no_contradiction(void **state)
{
    struct scratch *scratch = *state;
    for (int later = 0; later < 2; later++) {
        must(store_begin(scratch->store, &why));
        struct comparison json = sample_comparison(&scratch->arena, "haiku", "a", NOW, "1");
        json.left.url = "https://example.org/haiku";
        json.left.reviews = named_reviews;
        json.left.review_count = 2;
        struct comparison page =
            sample_comparison(&scratch->arena, "haiku", "b", later ? NOW + DAY : NOW - DAY, "2");
        page.left.reviews = two_reviews;
        page.left.review_count = 2;
        page.left.silent = 1u << FACT_URL;
        assert_int_equal(save(scratch, &json).conflict_count, 0);
        assert_int_equal(save(scratch, &page).conflict_count, 0);
        struct comparison *found = find(scratch, "haiku-vs-b");
        assert_string_equal(found->left.url, "https://example.org/haiku");
        assert_string_equal(found->left.reviews[0].reviewer, "Builder");
        assert_int_equal(found->left.reviews[1].verdict, VERDICT_SKIP);
        store_rollback(scratch->store);
        /* The other way round: what the page left open is filled. */
        must(store_begin(scratch->store, &why));
        assert_int_equal(save(scratch, &page).conflict_count, 0);
        assert_int_equal(save(scratch, &json).conflict_count, 0);
        found = find(scratch, "haiku-vs-b");
        assert_string_equal(found->left.url, "https://example.org/haiku");
        assert_string_equal(found->left.reviews[0].reviewer, "Builder");
        store_rollback(scratch->store);
    }
}

/* What is told again is not written again; a verdict that comes in is. */
static void a_tool_told_again_is_written_only_where_it_says_more(void **state)
{
    struct scratch *scratch = *state;
    struct comparison page = sample_comparison(&scratch->arena, "haiku", "a", NOW, "1");
    struct comparison again = sample_comparison(&scratch->arena, "haiku", "b", NOW + DAY, "2");
    struct comparison json = sample_comparison(&scratch->arena, "haiku", "c", NOW + DAY, "3");
    page.left.reviews = again.left.reviews = two_reviews;
    json.left.reviews = named_reviews;
    page.left.review_count = again.left.review_count = json.left.review_count = 2;
    save(scratch, &page);
    run_sql(scratch->store, "CREATE TEMP TRIGGER watch BEFORE DELETE ON review "
                            "BEGIN SELECT RAISE(ABORT, 'written again'); END");
    assert_int_equal(save(scratch, &again).conflict_count, 0);
    assert_int_equal(ask(scratch->store, "SELECT told_at FROM tool WHERE slug = 'haiku'"),
                     NOW + DAY);
    run_sql(scratch->store, "DROP TRIGGER watch");
    assert_int_equal(save(scratch, &json).conflict_count, 0);
    struct comparison *found = find(scratch, "haiku-vs-a");
    assert_int_equal(found->left.reviews[1].verdict, VERDICT_SKIP);
    assert_string_equal(found->left.reviews[0].reviewer, "Builder");
}

static void reviews_that_differ_are_one_conflict(void **state)
{
    struct scratch *scratch = *state;
    struct comparison first = sample_comparison(&scratch->arena, "haiku", "a", NOW, "1");
    first.left.reviews = named_reviews;
    first.left.review_count = 2;
    save(scratch, &first);
    struct comparison second = sample_comparison(&scratch->arena, "haiku", "b", NOW + 1, "2");
    second.left.reviews = other_reviews;
    second.left.review_count = 2;
    struct comparison_outcome outcome = save(scratch, &second);
    assert_int_equal(outcome.conflict_count, 1);
    assert_string_equal(outcome.conflicts[0].field, "reviews");
    assert_string_equal(outcome.conflicts[0].kept, "\"Cheap, in truth.\"");
    assert_string_equal(outcome.conflicts[0].dropped, "Skeptic skip \"Too dear.\"");
    struct comparison third = sample_comparison(&scratch->arena, "haiku", "c", NOW - 1, "3");
    outcome = save(scratch, &third);
    assert_int_equal(outcome.conflict_count, 0);
    struct comparison *found = find(scratch, "haiku-vs-a");
    assert_int_equal(found->left.review_count, 2);
    assert_string_equal(found->left.reviews[1].quote, "Cheap, in truth.");
    assert_null(found->left.reviews[0].reviewer);
}

/* An old page imported between two of the same facts must not count as newer than the newest. */
static void the_word_of_the_newest_page_stands_in_any_order_of_import(void **state)
{
    struct scratch *scratch = *state;
    static const int64_t times[] = {NOW, NOW + 20, NOW + 10};
    static const char *const prices[] = {"Free", "Free", "$9"};
    for (int i = 0; i < 3; i++) {
        struct comparison made = sample_comparison(
            &scratch->arena, "haiku", arena_format(&scratch->arena, "r%d", i), times[i], "x");
        made.left.price = prices[i];
        save(scratch, &made);
    }
    assert_string_equal(find(scratch, "haiku-vs-r0")->left.price, "Free");
}

/* An older page that only fills a gap does not make the newest word older. */
static void filling_a_gap_leaves_the_newest_word_the_newest(void **state)
{
    struct scratch *scratch = *state;
    struct comparison newest = sample_comparison(&scratch->arena, "haiku", "a", NOW + 20, "1");
    struct comparison oldest = sample_comparison(&scratch->arena, "haiku", "b", NOW, "2");
    struct comparison between = sample_comparison(&scratch->arena, "haiku", "c", NOW + 10, "3");
    newest.left.silent = between.left.silent = 1u << FACT_URL;
    oldest.left.url = "https://example.org/haiku";
    between.left.price = "$9";
    save(scratch, &newest);
    assert_int_equal(save(scratch, &oldest).conflict_count, 0);
    assert_int_equal(save(scratch, &between).conflict_count, 0);
    struct comparison *found = find(scratch, "haiku-vs-c");
    assert_string_equal(found->left.price, "Free");
    assert_string_equal(found->left.url, "https://example.org/haiku");
}

static void every_fact_of_both_tools_can_differ_at_once(void **state)
{
    struct scratch *scratch = *state;
    struct comparison made = sample_comparison(&scratch->arena, "a", "b", NOW, "first");
    made.left.url = made.right.url = "https://example.org/old";
    made.left.own_slug = made.right.own_slug = made.own_slug = true;
    save(scratch, &made);
    struct comparison changed = sample_comparison(&scratch->arena, "a", "b", NOW, "second");
    changed.left.own_slug = changed.right.own_slug = changed.own_slug = true;
    changed.slug = "another-of-the-two";
    struct tool *tools[] = {&changed.left, &changed.right};
    for (int i = 0; i < 2; i++) {
        for (size_t k = 0; k < sizeof conflicts / sizeof *conflicts; k++) {
            tell_differently(tools[i], conflicts[k].field);
        }
        tools[i]->reviews = two_reviews;
        tools[i]->review_count = 2;
    }
    assert_int_equal(save(scratch, &changed).conflict_count, 20);
}

static void a_comparison_that_cannot_be_written_leaves_no_part(void **state)
{
    struct scratch *scratch = *state;
    struct comparison made = sample_comparison(&scratch->arena, "a", "b", NOW, "first");
    made.right.panel_ship = 101;
    struct comparison_outcome outcome;
    must_fail(comparison_save(scratch->store, &scratch->arena, &made, NOW, &outcome, &why),
              FAILURE_INTERNAL, "CHECK");
    assert_int_equal(ask(scratch->store, "SELECT count(*) FROM tool"), 0);
}

static void candidates_are_free_or_recent_or_of_the_issue(void **state)
{
    struct scratch *scratch = *state;
    int64_t old_free = add_comparison(scratch, "o", "f", NOW - 90 * DAY);
    int64_t old_told = add_comparison(scratch, "o", "t", NOW - 80 * DAY);
    int64_t mine = add_comparison(scratch, "m", "m2", NOW - 70 * DAY);
    int64_t recent_told = add_comparison(scratch, "r", "t", NOW - 20 * DAY);
    int64_t b = add_comparison(scratch, "same", "b", NOW - DAY);
    int64_t a = add_comparison(scratch, "same", "a", NOW - DAY);
    add_comparison(scratch, "too", "late", NOW);
    struct issue other = sample_issue("2026-W40");
    const struct issue_item told[] = {
        {.comparison_id = old_told, .position = 1, .story = 1, .reason = "new", .snapshot = "{}"},
        {.comparison_id = recent_told,
         .position = 2,
         .story = 2,
         .reason = "new",
         .snapshot = "{}"},
    };
    must(issue_save_draft(scratch->store, &other, told, 2, NULL, 0, &why));
    struct issue draft = sample_issue("2026-W47");
    const struct issue_item own = {
        .comparison_id = mine, .position = 1, .story = 1, .reason = "new", .snapshot = "{}"};
    must(issue_save_draft(scratch->store, &draft, &own, 1, NULL, 0, &why));
    arrange(scratch->store, draft.id, NULL, 0, &b, 1);
    must(comparison_hold(scratch->store, &old_free, 1, NOW - 30 * DAY, &why));
    must(comparison_hold(scratch->store, &old_free, 1, NOW, &why));
    struct comparison_candidate *found;
    size_t count;
    must(comparison_candidates(scratch->store, &scratch->arena, NOW, NOW - 20 * DAY, draft.id,
                               &found, &count, &why));
    const int64_t expected[] = {old_free, mine, recent_told, a, b};
    assert_int_equal(count, 5);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(found[i].comparison.id, expected[i]);
        assert_non_null(found[i].comparison.left.name);
        assert_int_equal(found[i].left_out_at, found[i].comparison.id == b ? NOW : 0);
    }
    assert_int_equal(found[0].held_at, NOW - 30 * DAY);
    assert_int_equal(found[0].issue_id, 0);
    assert_null(found[0].issue_week);
    assert_int_equal(found[1].issue_id, draft.id);
    assert_int_equal(found[2].issue_number, 1);
    assert_string_equal(found[2].issue_week, "2026-W40");
    assert_int_equal(found[2].held_at, 0);
}

static void many_candidates_share_their_tools(void **state)
{
    struct scratch *scratch = *state;
    for (int i = 0; i < 300; i++) {
        add_comparison(scratch, arena_format(&scratch->arena, "t%03d", i),
                       arena_format(&scratch->arena, "t%03d", (i * 7 + 1) % 300), NOW - 300 + i);
    }
    struct comparison_candidate *found;
    size_t count;
    must(comparison_candidates(scratch->store, &scratch->arena, NOW, 0, 0, &found, &count, &why));
    assert_int_equal(count, 300);
    for (size_t i = 0; i < count; i++) {
        assert_string_equal(found[i].comparison.left.slug,
                            arena_format(&scratch->arena, "t%03zu", i));
        assert_string_equal(found[i].comparison.right.slug,
                            arena_format(&scratch->arena, "t%03zu", (i * 7 + 1) % 300));
    }
    int64_t number;
    must(comparison_count(scratch->store, &number, &why));
    assert_int_equal(number, 300);
}

static void categories_are_sorted_and_stand_once(void **state)
{
    struct scratch *scratch = *state;
    static const char *const names[] = {"Writing", "Design", "", "Writing", "Audio"};
    const char **categories;
    size_t count;
    must(comparison_categories(scratch->store, &scratch->arena, &categories, &count, &why));
    assert_int_equal(count, 0);
    for (int i = 0; i < 5; i++) {
        struct comparison made = sample_comparison(
            &scratch->arena, arena_format(&scratch->arena, "t%d", i), "rival", NOW, "x");
        made.left.category = names[i];
        made.right.category = "Audio";
        save(scratch, &made);
    }
    must(comparison_categories(scratch->store, &scratch->arena, &categories, &count, &why));
    assert_int_equal(count, 3);
    assert_string_equal(categories[0], "Audio");
    assert_string_equal(categories[1], "Design");
    assert_string_equal(categories[2], "Writing");
}

/* The same tool from comparison to comparison: its price, the date, what is left out; what stands.
 */
static const struct {
    const char *rival;
    int64_t at;
    const char *price;
    int votes;
    unsigned silent;
    bool full;
    const char *stands;
    int stand_votes;
    size_t changes;
} telling[] = {
    {"a", NOW, "$20", 90, 0, false, "$20", 90, 0},
    {"b", NOW + 10, "", PERCENT_NONE, 1u << FACT_PRICE | 1u << FACT_COMMUNITY_SHIP, false, "$20",
     90, 0},
    {"c", NOW + 5, "$25", 80, 0, false, "$25", 80, 2}, /* newer than the word on price */
    {"a", NOW, "$30", 70, 0, false, "$25", 80, 0},
    {"c", NOW + 5, "$26", 81, 0, false, "$26", 81, 0},                      /* an ordinary update */
    {"d", NOW + 20, "$27", PERCENT_NONE, 0, false, "$27", PERCENT_NONE, 2}, /* "\xe2\x80\x94" */
    {"c", NOW + 5, "$28", 85, 0, false, "$27", PERCENT_NONE, 0},
    {"d", NOW + 20, "", PERCENT_NONE, 1u << FACT_PRICE, false, "$27", PERCENT_NONE, 0},
    {"d", NOW + 20, "", PERCENT_NONE, 1u << FACT_PRICE, true, "", PERCENT_NONE, 0},
};

static void what_is_left_out_keeps_what_is_known(void **state)
{
    struct scratch *scratch = *state;
    for (size_t i = 0; i < sizeof telling / sizeof *telling; i++) {
        const char *hash = arena_format(&scratch->arena, "%zu", i);
        struct comparison made =
            sample_comparison(&scratch->arena, "haiku", telling[i].rival, telling[i].at, hash);
        made.left.price = telling[i].price;
        made.left.community_ship = telling[i].votes;
        made.left.silent = telling[i].silent;
        made.full = telling[i].full;
        struct comparison_outcome outcome = save(scratch, &made);
        struct comparison *found = find(scratch, "haiku-vs-a");
        if (strcmp(found->left.price, telling[i].stands) != 0 ||
            found->left.community_ship != telling[i].stand_votes ||
            outcome.conflict_count != telling[i].changes) {
            fail_msg("row %zu: %s, %d, %zu changes", i, found->left.price,
                     found->left.community_ship, outcome.conflict_count);
        }
    }
}

/* "70% of 48 readers" would be said of the 48 who gave 62. */
static void a_number_goes_with_the_share_it_came_with(void **state)
{
    static const struct {
        const char *rival;
        int votes, number;
        unsigned silent;
        int stands, stand_number;
    } rows[] = {
        {"a", 62, 48, 0, 62, 48},
        {"b", 62, 0, 1u << FACT_COMMUNITY_VOTES, 62, 48},
        {"c", 70, 0, 1u << FACT_COMMUNITY_VOTES, 70, 0},
        {"d", 71, 52, 0, 71, 52},
        {"e", 0, 0, 1u << FACT_COMMUNITY_SHIP | 1u << FACT_COMMUNITY_VOTES, 71, 52},
    };
    struct scratch *scratch = *state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct comparison made = sample_comparison(&scratch->arena, "haiku", rows[i].rival,
                                                   NOW + (int64_t)i, rows[i].rival);
        made.left.community_ship = rows[i].votes;
        made.left.community_votes = rows[i].number;
        made.left.short_name = "H";
        made.left.silent = rows[i].silent;
        save(scratch, &made);
        const struct tool *found = &find(scratch, "haiku-vs-a")->left;
        if (found->community_ship != rows[i].stands ||
            found->community_votes != rows[i].stand_number) {
            fail_msg("row %zu: %d of %d", i, found->community_ship, found->community_votes);
        }
        assert_string_equal(found->short_name, "H");
    }
}

static void a_full_import_of_the_same_words_takes_away_once(void **state)
{
    struct scratch *scratch = *state;
    struct comparison first = sample_comparison(&scratch->arena, "a", "b", NOW, "1");
    first.url = "https://example.org/x";
    save(scratch, &first);
    for (int i = 0; i < 4; i++) {
        struct comparison made = sample_comparison(&scratch->arena, "a", "b", NOW, "2");
        made.left.price = "";
        made.question = "";
        made.silent = SILENT_URL | SILENT_QUESTION;
        made.left.silent = 1u << FACT_PRICE;
        made.full = i >= 2;
        struct comparison_outcome outcome = save(scratch, &made);
        assert_int_equal(outcome.saved, i % 2 == 0 ? COMPARISON_CHANGED : COMPARISON_UNCHANGED);
        struct comparison *found = find(scratch, "a-vs-b");
        assert_string_equal(found->left.price, i < 2 ? "Free" : "");
        assert_string_equal(found->question, i < 2 ? "which one?" : "");
        assert_int_equal(found->url == NULL, i >= 2);
    }
}

enum { STEPS_MAX = 10 };

/* What sources say of one comparison, in turn, and what stands then. */
static const struct {
    const char *name;
    struct {
        int source; /* 0: one without a name */
        bool named;
        int64_t at; /* 0: undated */
        const char *price;
        int votes;
        const char *stands;
        int stand_votes;
        bool changed;
        size_t conflicts;
    } steps[STEPS_MAX];
} sources[] = {
    {"an ordinary update of one source",
     {{1, true, NOW, "$20", 1, "$20", 1, false, 0},
      {1, true, NOW, "$25", 1, "$25", 1, true, 0},
      {1, true, NOW, "$20", 1, "$20", 1, true, 0},
      {1, true, NOW, "$20", 1, "$20", 1, false, 0}}},
    {"the next export is another path",
     {{1, false, NOW, "$20", 1, "$20", 1, false, 0},
      {2, false, NOW, "$25", 1, "$25", 1, true, 0},
      {3, false, NOW, "$30", 1, "$30", 1, true, 0},
      {3, false, NOW, "$30", 1, "$30", 1, false, 0}}},
    {"two names take turns",
     {{1, true, NOW, "$20", 1, "$20", 1, false, 0},
      {2, true, NOW, "$25", 1, "$25", 1, true, 1},
      {1, true, NOW, "$20", 1, "$25", 1, false, 0},
      {2, true, NOW, "$25", 1, "$25", 1, false, 0},
      {1, true, NOW, "$20", 1, "$25", 1, false, 0}}},
    {"two paths take turns",
     {{1, false, NOW, "$20", 1, "$20", 1, false, 0},
      {2, false, NOW, "$25", 1, "$25", 1, true, 0},
      {1, false, NOW, "$20", 1, "$25", 1, false, 1},
      {2, false, NOW, "$25", 1, "$25", 1, false, 0},
      {1, false, NOW, "$20", 1, "$25", 1, false, 0}}},
    {"the newer date wins, whoever comes last",
     {{1, true, NOW + 9, "$20", 1, "$20", 1, false, 0},
      {2, true, NOW, "$25", 1, "$20", 1, false, 0},
      {2, true, NOW, "$26", 1, "$20", 1, false, 0},
      {1, true, NOW + 9, "$20", 1, "$20", 1, false, 0},
      {2, true, NOW + 99, "$26", 1, "$26", 1, true, 1},
      {1, true, NOW + 9, "$20", 1, "$26", 1, false, 0}}},
    {"votes that change every day leave a price in dispute alone",
     {{1, true, NOW, "$20", 1, "$20", 1, false, 0},
      {2, true, NOW, "$25", 1, "$25", 1, true, 1},
      {1, true, NOW, "$20", 2, "$25", 2, true, 1},
      {2, true, NOW, "$25", 1, "$25", 2, false, 0},
      {1, true, NOW, "$20", 3, "$25", 3, true, 0},
      {2, true, NOW, "$24", 1, "$24", 3, true, 1}}},
    {"a page has no date of its own",
     {{1, true, 0, "$20", 1, "$20", 1, false, 0},
      {2, true, 0, "$25", 1, "$25", 1, true, 1},
      {1, true, 0, "$20", 1, "$25", 1, false, 0},
      {1, true, 0, "$21", 1, "$21", 1, true, 1}}},
    {"a source without a name beside one with a name",
     {{1, true, NOW, "$20", 1, "$20", 1, false, 0},
      {0, false, NOW, "$25", 1, "$25", 1, true, 0},
      {1, true, NOW, "$20", 1, "$25", 1, false, 1},
      {1, true, NOW, "$20", 1, "$25", 1, false, 0},
      {0, false, NOW, "$25", 1, "$25", 1, false, 0}}},
    {"the same words under two dates",
     {{1, true, NOW, "$20", 1, "$20", 1, false, 0},
      {2, true, NOW + 9, "$20", 1, "$20", 1, false, 0},
      {1, true, NOW, "$20", 1, "$20", 1, false, 0},
      {2, true, NOW + 9, "$20", 1, "$20", 1, false, 0}}},
    {"what the older one alone knows is taken",
     {{1, true, NOW + 9, "$20", PERCENT_NONE, "$20", PERCENT_NONE, false, 0},
      {2, true, NOW, "$25", 7, "$20", 7, true, 0},
      {1, true, NOW + 9, "$20", PERCENT_NONE, "$20", 7, false, 0}}},
};

static void two_sources_that_disagree_do_not_take_turns(void **state)
{
    struct scratch *scratch = *state;
    int64_t ids[4] = {0};
    for (int i = 1; i < 4; i++) {
        must(comparison_source(scratch->store, arena_format(&scratch->arena, "%d", i), true,
                               &ids[i], &why));
    }
    for (size_t r = 0; r < sizeof sources / sizeof *sources; r++) {
        const char *left = arena_format(&scratch->arena, "left%zu", r);
        const char *slug = arena_format(&scratch->arena, "%s-vs-b%zu", left, r);
        int64_t newest = NOW;
        for (size_t s = 0; s < STEPS_MAX && sources[r].steps[s].price != NULL; s++) {
            int64_t at = sources[r].steps[s].at;
            int votes = sources[r].steps[s].votes;
            const char *price = sources[r].steps[s].price;
            struct comparison made = sample_comparison(
                &scratch->arena, left, arena_format(&scratch->arena, "b%zu", r), at == 0 ? NOW : at,
                arena_format(&scratch->arena, "%s %d", price, votes));
            made.undated = at == 0;
            made.source_id = ids[sources[r].steps[s].source];
            made.source_named = sources[r].steps[s].named;
            made.left.price = price;
            made.left.community_ship = votes;
            made.left.silent = votes == PERCENT_NONE ? 1u << FACT_COMMUNITY_SHIP : 0;
            struct comparison_outcome outcome = save(scratch, &made);
            struct comparison *found = find(scratch, slug);
            bool changed = outcome.saved == COMPARISON_CHANGED;
            newest = at > newest ? at : newest;
            if (strcmp(found->left.price, sources[r].steps[s].stands) != 0 ||
                found->left.community_ship != sources[r].steps[s].stand_votes ||
                changed != sources[r].steps[s].changed || found->published_at != newest ||
                outcome.conflict_count != sources[r].steps[s].conflicts) {
                fail_msg("%s, step %zu: %s, %d, %s, %zu conflicts", sources[r].name, s,
                         found->left.price, found->left.community_ship,
                         changed ? "changed" : "not changed", outcome.conflict_count);
            }
        }
    }
}

static void what_a_source_says_again_writes_nothing(void **state)
{
    struct scratch *scratch = *state;
    int64_t ids[2];
    int64_t before = 0;
    must(comparison_source(scratch->store, "one", true, &ids[0], &why));
    must(comparison_source(scratch->store, "other", true, &ids[1], &why));
    for (int i = 0; i < 6; i++) {
        const char *price = i % 2 == 0 ? "$20" : "$25";
        struct comparison made = sample_comparison(&scratch->arena, "a", "b", NOW, price);
        made.left.price = price;
        made.source_id = ids[i % 2];
        before = i == 3 ? sqlite3_total_changes64(scratch->store->db) : before;
        save(scratch, &made);
    }
    assert_int_equal(sqlite3_total_changes64(scratch->store->db), before);
}

static void a_share_that_is_counted_from_the_reviews_is_not_stored(void **state)
{
    struct scratch *scratch = *state;
    struct comparison made = sample_comparison(&scratch->arena, "a", "b", NOW, "first");
    made.left.panel_ship = PERCENT_NONE;
    made.left.reviews = named_reviews;
    made.left.review_count = 2;
    save(scratch, &made);
    struct comparison *found = find(scratch, "a-vs-b");
    assert_int_equal(found->left.panel_ship, 50);
    assert_true(found->left.panel_derived);
    assert_false(found->right.panel_derived);
    assert_int_equal(ask(scratch->store, "SELECT count(*) FROM tool WHERE panel_ship IS NULL"), 1);
}

/* Pages one after the other, by the names of their tools: each is a comparison of its own. */
static const struct {
    const char *left, *right, *slug;
} apart[] = {
    {"C++ Pilot", "Rusty", "c-plus-plus-pilot-vs-rusty"},
    {"C# Pilot", "Gopher", "c-sharp-pilot-vs-gopher"},
    {"C# Pilot", "Rusty", "c-sharp-pilot-vs-rusty"},
    {"Notepad", "Notepad++", "notepad-vs-notepad-plus-plus"},
    {"Vidi", "Rusty", "vidi-vs-rusty"},
    {"Vidi+", "Rusty", "vidi-plus-vs-rusty"},
    {"Go!", "Rusty", "go-vs-rusty"},
    {"Go", "Rusty", "go-vs-rusty-2"},
    {"(Go)", "Rusty", "go-vs-rusty-3"},
    {".NET", "NET", "dot-net-vs-net"},
    {"R\xC3\xA9sum\xC3\xA9", "Resume", "resume-vs-resume"},
    {"X (2026)", "X 2026", "x-2026-vs-x-2026"},
    {"Rusty", "Go", "rusty-vs-go"},
    {"GPT-4", "GPT-5", "gpt-4-vs-gpt-5"},
};

static struct comparison named(struct scratch *scratch, const char *left, const char *right,
                               const char *content)
{
    struct comparison made = sample_comparison(&scratch->arena, left, right, NOW, content);
    made.slug = model_slug(&scratch->arena, made.title);
    made.left.slug = model_slug(&scratch->arena, left);
    made.right.slug = model_slug(&scratch->arena, right);
    return made;
}

static void names_that_differ_in_a_sign_are_two_tools(void **state)
{
    struct scratch *scratch = *state;
    size_t rows = sizeof apart / sizeof *apart;
    for (int again = 0; again < 2; again++) {
        for (size_t i = 0; i < rows; i++) {
            struct comparison made = named(scratch, apart[i].left, apart[i].right, "x");
            struct comparison_outcome outcome = save(scratch, &made);
            assert_int_equal(outcome.saved, again ? COMPARISON_UNCHANGED : COMPARISON_NEW);
            assert_string_equal(made.slug, apart[i].slug);
            struct comparison *found = find(scratch, apart[i].slug);
            assert_string_equal(found->left.name, apart[i].left);
            assert_string_equal(found->right.name, apart[i].right);
        }
    }
    assert_int_equal(ask(scratch->store, "SELECT count(*) FROM comparison"), rows);
    assert_int_equal(ask(scratch->store, "SELECT count(DISTINCT slug) FROM tool"), 19);
}

static void a_title_is_not_what_makes_a_comparison(void **state)
{
    struct scratch *scratch = *state;
    struct comparison made = named(scratch, "Vidi", "Rusty", "x");
    save(scratch, &made);
    struct comparison corrected = named(scratch, "VIDI", "Rusty ", "y");
    corrected.title = "Vidi or Rusty?";
    corrected.slug = "vidi-or-rusty";
    assert_int_equal(save(scratch, &corrected).saved, COMPARISON_CHANGED);
    assert_int_equal(corrected.id, made.id);
    assert_string_equal(corrected.slug, "vidi-vs-rusty");
    struct comparison swapped = named(scratch, "Rusty", "Vidi", "z");
    assert_int_equal(save(scratch, &swapped).saved, COMPARISON_NEW);
}

/* What the source calls its own wins over what was made here, and over names. */
static void a_slug_of_ones_own_makes_the_comparison(void **state)
{
    struct scratch *scratch = *state;
    struct comparison page = named(scratch, "Go!", "Rusty", "x");
    save(scratch, &page);
    struct comparison own = named(scratch, "Go", "Rusty", "y");
    own.own_slug = own.left.own_slug = true;
    assert_int_equal(save(scratch, &own).saved, COMPARISON_NEW);
    assert_string_equal(find(scratch, "go-vs-rusty")->left.name, "Go");
    assert_string_equal(find(scratch, "go-vs-rusty-2")->left.name, "Go!");
    assert_string_equal(find(scratch, "go-vs-rusty")->left.slug, "go");
    assert_string_equal(find(scratch, "go-vs-rusty-2")->left.slug, "go-2");
    own = named(scratch, "Go 2", "Rusty", "z");
    own.slug = "go-vs-rusty";
    own.left.slug = "go";
    own.own_slug = own.left.own_slug = true;
    assert_int_equal(save(scratch, &own).saved, COMPARISON_CHANGED);
    assert_string_equal(find(scratch, "go-vs-rusty")->left.name, "Go 2");
}

/* The page came first; JSON of the same comparison brings the slug, also one with the same words.
 */
static void what_was_found_by_name_takes_a_slug_of_its_own(void **state)
{
    struct scratch *scratch = *state;
    struct comparison page = named(scratch, "Go", "Rusty", "x");
    save(scratch, &page);
    struct comparison own = named(scratch, "Go", "Rusty", "x");
    own.own_slug = own.left.own_slug = true;
    own.left.slug = "golang";
    save(scratch, &own);
    assert_int_equal(own.id, page.id);
    assert_int_equal(own.left.id, page.left.id);
    own = named(scratch, "Go 2", "Rusty", "y");
    own.slug = "go-vs-rusty";
    own.own_slug = own.left.own_slug = true;
    own.left.slug = "golang";
    save(scratch, &own);
    assert_int_equal(own.id, page.id);
    assert_string_equal(find(scratch, "go-vs-rusty")->left.name, "Go 2");
}

static void which_of_several_is_meant_has_to_be_said(void **state)
{
    struct scratch *scratch = *state;
    static const char *const slugs[] = {"mercury-llm", "mercury-bank"};
    for (int i = 0; i < 2; i++) {
        struct comparison made = named(scratch, "Mercury", "Rusty", slugs[i]);
        made.left.slug = made.slug = slugs[i];
        made.left.own_slug = made.own_slug = true;
        save(scratch, &made);
    }
    struct comparison page = named(scratch, "Mercury", "Rusty", "x");
    struct comparison_outcome outcome;
    must_fail(comparison_save(scratch->store, &scratch->arena, &page, NOW, &outcome, &why),
              FAILURE_DATA, "2 tools called \"Mercury\"");
    page.left.slug = "mercury-llm";
    page.left.own_slug = true;
    save(scratch, &page);
    assert_string_equal(page.slug, "mercury-llm");
    struct comparison third = named(scratch, "Mercury", "Rusty", "y");
    third.slug = "mercury-2026";
    third.left.slug = "mercury-llm";
    third.left.own_slug = third.own_slug = true;
    save(scratch, &third);
    page = named(scratch, "Mercury", "Rusty", "z");
    page.title = "Which?";
    page.left.slug = "mercury-llm";
    page.left.own_slug = true;
    must_fail(comparison_save(scratch->store, &scratch->arena, &page, NOW, &outcome, &why),
              FAILURE_DATA, "2 comparisons of \"Mercury\" and \"Rusty\"");
}

static void former_names_and_slugs_lead_to_the_present_ones(void **state)
{
    struct scratch *scratch = *state;
    struct comparison made = named(scratch, "Vidi", "Rusty", "x");
    save(scratch, &made);
    run_sql(scratch->store,
            "UPDATE tool SET name = 'Vidi AI', name_key = 'vidi ai' WHERE name = 'Vidi';"
            "INSERT INTO tool_alias SELECT 'vidi', 'Vidi', id FROM tool WHERE name = 'Vidi AI';"
            "UPDATE comparison SET slug = 'vidi-ai-vs-rusty', own_slug = 1;"
            "INSERT INTO comparison_alias SELECT 'vidi-vs-rusty', id FROM comparison;");
    struct comparison again = named(scratch, "VIDI", "Rusty", "y");
    assert_int_equal(save(scratch, &again).saved, COMPARISON_CHANGED);
    assert_int_equal(again.id, made.id);
    assert_string_equal(again.slug, "vidi-ai-vs-rusty");
    assert_string_equal(find(scratch, "vidi-vs-rusty")->left.name, "Vidi AI");
    again = named(scratch, "Vidi", "Rusty", "z");
    again.own_slug = true;
    save(scratch, &again);
    assert_string_equal(again.slug, "vidi-ai-vs-rusty");
    struct comparison other = named(scratch, "Vidi, ", "Rusty", "x");
    other.slug = "vidi-vs-rusty";
    save(scratch, &other);
    assert_string_equal(other.slug, "vidi-vs-rusty-2");
    struct comparison both = named(scratch, "Vidi", "Vidi AI", "x");
    struct comparison_outcome outcome;
    must_fail(comparison_save(scratch->store, &scratch->arena, &both, NOW, &outcome, &why),
              FAILURE_DATA, "are one tool");
}

/* Names of signs alone have no letter for an address. */
static void many_of_one_slug_get_numbers(void **state)
{
    struct scratch *scratch = *state;
    for (int i = 0; i < 150; i++) {
        char name[200] = "";
        memset(name, '!', (size_t)i + 1);
        struct comparison made = named(scratch, name, "Rusty", "x");
        save(scratch, &made);
    }
    assert_int_equal(ask(scratch->store, "SELECT count(*) FROM tool WHERE slug LIKE 'untitled%'"),
                     150);
    assert_int_equal(ask(scratch->store, "SELECT max(length(slug)) FROM tool"), 12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        store_test(a_comparison_comes_back_as_it_went_in),
        store_test(the_same_content_again_writes_nothing),
        store_test(a_changed_page_is_a_new_revision_of_the_same_day),
        store_test(a_comparison_without_a_date_is_published_when_it_comes_in),
        store_test(a_tool_of_several_pages_is_one_tool),
        store_test(where_two_pages_differ_the_newer_one_wins_and_it_is_told),
        store_test(what_a_page_cannot_say_is_no_contradiction),
        store_test(a_tool_told_again_is_written_only_where_it_says_more),
        store_test(reviews_that_differ_are_one_conflict),
        store_test(the_word_of_the_newest_page_stands_in_any_order_of_import),
        store_test(filling_a_gap_leaves_the_newest_word_the_newest),
        store_test(every_fact_of_both_tools_can_differ_at_once),
        store_test(a_comparison_that_cannot_be_written_leaves_no_part),
        store_test(candidates_are_free_or_recent_or_of_the_issue),
        store_test(many_candidates_share_their_tools),
        store_test(what_is_left_out_keeps_what_is_known),
        store_test(a_number_goes_with_the_share_it_came_with),
        store_test(a_full_import_of_the_same_words_takes_away_once),
        store_test(two_sources_that_disagree_do_not_take_turns),
        store_test(what_a_source_says_again_writes_nothing),
        store_test(a_share_that_is_counted_from_the_reviews_is_not_stored),
        store_test(names_that_differ_in_a_sign_are_two_tools),
        store_test(a_title_is_not_what_makes_a_comparison),
        store_test(a_slug_of_ones_own_makes_the_comparison),
        store_test(what_was_found_by_name_takes_a_slug_of_its_own),
        store_test(which_of_several_is_meant_has_to_be_said),
        store_test(former_names_and_slugs_lead_to_the_present_ones),
        store_test(many_of_one_slug_get_numbers),
        store_test(categories_are_sorted_and_stand_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
