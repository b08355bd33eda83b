/* The options of `issue`, which its files share. */
#ifndef CMD_ISSUE_H
#define CMD_ISSUE_H

enum issue_option {
    ISSUE_OPTION_JSON,
    ISSUE_OPTION_WEEK,
    ISSUE_OPTION_ORDER,
    ISSUE_OPTION_LEAVE_OUT,
    ISSUE_OPTION_PUT_BACK,
    ISSUE_OPTION_KEEP,
    ISSUE_OPTION_STORY,
    ISSUE_OPTION_FOR,
    ISSUE_OPTION_AGAINST,
    ISSUE_OPTION_CLEAR
};

#endif
