/* signals.c: see signals.h. */
#include "signals.h"
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>

enum { PATIENCE = 2 }; /* seconds from the first of them to one that ends the program at once */

static volatile sig_atomic_t came;
static _Atomic long first; /* when, in seconds; 0: not yet */

static void note(int signal)
{
  if (!came)
    came = signal;
}

/* Only what POSIX allows in a handler. */
static void on_signal(int number)
{
  struct timespec now = {0};
  int reason = errno;
  long none = 0;
  clock_gettime(CLOCK_MONOTONIC, &now);
  note(number);
  if (!atomic_compare_exchange_strong(&first, &none, (long)now.tv_sec + 1) &&
      now.tv_sec + 1 - none > PATIENCE) {
    signal(number, SIG_DFL);
    raise(number); /* comes when this returns */
  }
  errno = reason;
}

static void catch_one(int signal)
{
  struct sigaction before;
  struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
  if (sigaction(signal, NULL, &before) == 0 && before.sa_handler != SIG_IGN)
    sigaction(signal, &action, NULL);
}

void cli_signals_catch(void)
{
  static const int asking[] = {SIGINT, SIGTERM, SIGHUP, SIGXCPU};
  for (size_t i = 0; i < sizeof asking / sizeof *asking; i++)
    catch_one(asking[i]);
  signal(SIGPIPE, SIG_IGN);
}

int cli_signal(void)
{
  return came;
}

int cli_flush(void)
{
  static int reason;
  errno = EIO;
  if ((fflush(stdout) != 0 || ferror(stdout)) && !reason)
    reason = errno;
  if (reason == EPIPE)
    note(SIGPIPE);
  return reason;
}

int cli_signal_status(void)
{
  return 128 + came;
}
