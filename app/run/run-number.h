/* run-number.h: the numbers of a folder's runs, "Run 3". A run gets one when it begins, or when it
 * is first seen, and keeps it; no other run gets it afterwards. They stand in the folder's file
 * ".numbers", a line for each ("3 2026-11-28-150715.bprun"), of which the last for a file counts.
 * Where that file cannot be written, numbers last as long as the program. Several programs may use
 * it at once. Without GLib. Thread: any. */
#pragma once
#include "run-list.h"

/* The next one, at least `least`; it is nobody else's. */
uint32_t bp_run_number_take(const char *folder, uint32_t least);
/* It is that of the run in this file of the folder. */
void bp_run_number_keep(const char *folder, uint32_t number, const char *path);
/* Sets the number of each entry that can be read; those that have none get the next ones, the
 * oldest first. NN_ERR_NOMEM. */
bool bp_run_numbers_find(const char *folder, BpRunList *list, NnError *err);
/* The run in this new file gets the next one now, if the file lies in the user's folder of runs. */
void bp_run_number_give(const char *path);
