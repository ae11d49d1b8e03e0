/* test-student.c: a student's way: a network is trained in the window, its notebook and its weights
 * are saved, and PyTorch, where there is one ($PYTORCH_PYTHON, or python3), has the same losses
 * with the notebook and the same accuracy with the weights. Needs a display. */
#include "window-check.h"

static char *home, *notebook, *weights, *losses;

static void test_trains(void)
{
  bp_runs_open_folder(session->runs);
  nn_check(wait_for(quiet, PATIENCE_MS));
  bp_course_set_exercise(session->course, BP_LAB);
  set("data.batch_size", "64");
  set("loop.epochs", "2");
  click("win.train");
  nn_check(wait_for(over, PATIENCE_MS));
  BpRun *run = bp_runner_get_run(session->runner);
  nn_check_int(run->status, BP_RUN_FINISHED);
  nn_check_int(run->steps, 2 * ((N_TRAIN + 63) / 64));
}

static void write_losses(BpRun *run)
{
  g_autoptr(GString) text = g_string_new("step,loss\n");
  for (gsize i = 0; i < bp_series_length(run->curves.loss); i++)
    g_string_append_printf(text, "%zu,%.9g\n", i, bp_series_y(run->curves.loss, i));
  nn_check(g_file_set_contents(losses, text->str, -1, NULL));
}

static void test_saves(void)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *text = NULL;
  BpRun *run = bp_runner_get_run(session->runner);
  nn_check(bp_course_save_program(session->course, notebook, &error));
  nn_check(g_file_get_contents(notebook, &text, NULL, NULL));
  nn_check_has(text ? text : "", "\"nbformat\": 4");
  bp_runs_save_weights(session->runs, run, weights);
  nn_check(wait_for(quiet, PATIENCE_MS));
  nn_check(g_file_test(weights, G_FILE_TEST_EXISTS));
  write_losses(run);
}

/* What a program says; its exit status. */
static int call(const char *const *argv, char **said)
{
  g_autofree char *out = NULL, *err = NULL;
  int status = -1;
  if (!g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &out, &err, &status,
                    NULL))
    return -1;
  *said = g_strconcat(out, err, NULL);
  return status;
}

static void test_runs_it(void)
{
  const char *named = g_getenv("PYTORCH_PYTHON"), *python = named ? named : "python3";
  g_autofree char *nothing = NULL, *said = NULL, *data = data_dir(folder);
  BpRun *run = bp_runner_get_run(session->runner);
  char accuracy[G_ASCII_DTOSTR_BUF_SIZE];
  if (call((const char *const[]){python, "-c", "import torch, torchvision, tqdm", NULL},
           &nothing) != 0) {
    nn_skip("PyTorch, torchvision or tqdm is not installed");
    return;
  }
  g_ascii_dtostr(accuracy, sizeof accuracy, run->test_accuracy);
  int status =
      call((const char *const[]){python, STUDENT, notebook, data, losses, weights, accuracy, NULL},
           &said);
  if (!nn_check_int(status, 0))
    printf("# %s\n", said ? said : "it did not start");
}

int main(void)
{
  static const WindowTest tests[] = {{"trains in the window", test_trains},
                                     {"saves the notebook and the weights", test_saves},
                                     {"PyTorch has the same losses and accuracy", test_runs_it}};
  home = g_dir_make_tmp("backprop-student-XXXXXX", NULL);
  g_setenv("XDG_DATA_HOME", home, TRUE);
  notebook = g_build_filename(home, "lab.ipynb", NULL);
  weights = g_build_filename(home, "run.safetensors", NULL);
  losses = g_build_filename(home, "losses.csv", NULL);
  int status = test_window(tests, G_N_ELEMENTS(tests));
  g_autofree char *remove = g_strdup_printf("rm -rf '%s'", home);
  return g_spawn_command_line_sync(remove, NULL, NULL, NULL, NULL) ? status : 1;
}
