/* signals.h: signals that ask a command which is writing something to end in good order: Ctrl+C
 * (SIGINT), SIGTERM, SIGHUP, and SIGXCPU of ulimit -t. Thread: the main one. */
#pragma once
#include <stdbool.h>

/* From now on they are noted and end nothing. One that comes long after the first ends the program
 * at once; not within two seconds, as a terminal that closes sends SIGHUP twice, and a finger
 * slips. What was ignored when the program started (nohup, a shell's background) stays ignored. A
 * reader that goes away (| head) no longer ends the program either, but is noted by cli_flush(). */
void cli_signals_catch(void);
/* The number of the one that came, or 0. */
int cli_signal(void);
/* Writes out what was printed; a reader that has gone away counts as SIGPIPE. Returns errno of the
 * first time, up to now, that this was not possible, or 0. */
int cli_flush(void);
/* Exit status of a program that a signal has ended, as shells count: 128 + its number. */
int cli_signal_status(void);
