/*
 * The outbox: what is owed, and how each row moves from state to state.
 * (State table and the argument for the promise: to be written here.)
 */
#ifndef DELIVER_OUTBOX_H
#define DELIVER_OUTBOX_H

#include "store/delivery.h"

#endif
