/* choose-device.c: see choose-device.h. */
#include "choose-device.h"
#include "measure.h"
#include "ui/i18n.h"
#include <stdio.h>

/* A run that the processor does in so many seconds is over before a GPU has started. */
static const double SHORT_RUN = 1.0;
static const double WARM_UP = 0.05, TRIAL = 0.2;

/* How long the whole run takes, going by a short trial on an open backend. */
static bool time_of(const BpTrial *trial, const NnBackend *backend, double *seconds, NnError *err)
{
  BpMeasurement wanted = {.recipe = trial->recipe,
                          .train = trial->train,
                          .backend = backend,
                          .max_steps = trial->max_steps,
                          .warm_up = WARM_UP,
                          .seconds = TRIAL,
                          .stop = trial->stop};
  BpSpeed speed;
  if (!bp_measure(&wanted, &speed, err))
    return false;
  *seconds = speed.step_seconds * (double)speed.n_steps;
  return true;
}

static bool time_on_cpu(const BpTrial *trial, double *seconds, NnError *err)
{
  NnBackend *cpu = NULL;
  bool ok =
      nn_backend_open("cpu", trial->n_threads, &cpu, err) && time_of(trial, cpu, seconds, err);
  nn_backend_close(cpu);
  return ok;
}

/* Two figures, as a person says them. */
static const char *figure(double seconds, char text[32])
{
  seconds = seconds < 0.1 ? 0.1 : seconds;
  int digits = seconds < 10 ? 1 : 0;
  snprintf(text, 32, "%.*f", digits, seconds);
  return text;
}

static void compare(BpChoice *choice, const char *gpu, double on_cpu, double on_gpu)
{
  char a[32], b[32];
  choice->device = on_gpu < on_cpu ? "cuda" : "cpu";
  snprintf(choice->why, sizeof choice->why,
           on_gpu < on_cpu ? /* Translators: a graphics card, seconds, seconds */
               _("%s is faster for this recipe: about %s s per run, compared with %s s on the CPU.")
                           : _("The CPU is faster for this recipe: a run on %s takes about %s s, "
                               "compared with %s s on the CPU."),
           gpu, figure(on_gpu, a), figure(on_cpu, b));
}

static void try_both(const BpTrial *trial, const NnBackend *cuda, BpChoice *choice)
{
  double on_cpu, on_gpu;
  NnError err = {0};
  char text[32];
  choice->tried = true;
  if (!time_on_cpu(trial, &on_cpu, &err)) {
    choice->tried = false;
    snprintf(choice->why, sizeof choice->why, "%s", err.text);
  } else if (on_cpu < SHORT_RUN) {
    snprintf(choice->why, sizeof choice->why,
             _("The CPU needs only about %s s for this run, so %s would not help."),
             figure(on_cpu, text), cuda->device);
  } else if (time_of(trial, cuda, &on_gpu, &err)) {
    compare(choice, cuda->device, on_cpu, on_gpu);
  } else {
    snprintf(choice->why, sizeof choice->why, _("This recipe runs on the CPU: %s"), err.text);
  }
}

void bp_choose_device(const BpTrial *trial, BpChoice *choice)
{
  NnBackend *cuda = NULL;
  NnError err = {0};
  *choice = (BpChoice){.device = "cpu"};
  if (nn_backend_open("cuda", 0, &cuda, &err))
    try_both(trial, cuda, choice);
  else
    snprintf(choice->why, sizeof choice->why, "%s", err.text);
  nn_backend_close(cuda);
}
