/* cli-signals.c: see cli-signals.h. */
#include "cli-signals.h"
#include <errno.h>
#include <signal.h>
#include <stdio.h>

static volatile sig_atomic_t came;

static void note(int signal)
{
  if (!came)
    came = signal;
}

static void catch_one(int signal)
{
  struct sigaction before;
  struct sigaction action = {.sa_handler = note, .sa_flags = SA_RESETHAND | SA_RESTART};
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
