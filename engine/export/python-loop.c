/* python-loop.c: loss, optimizer and schedule, what is measured, and the training loop. */
#include "python-parts.h"
#include "engine/optimizers/optimizer.h"
#include <stdio.h>
#include <string.h>

static bool calls_closure(const NnProgram *program)
{
  return ((const NnOptimizerKind *)program->optimizer->kind)->calls_closure;
}

static double rule(const NnProgram *program, const char *key)
{
  return nn_config_number(program->rules, key);
}

static bool penalizes(const NnProgram *program)
{
  return rule(program, "l1") > 0 || rule(program, "l2") > 0;
}

/* ---- loss, optimizer, schedule ---- */

static void add_number(NnPython *python, const char *before, double number, const char *after)
{
  nn_python_add(python, before);
  nn_python_number(python, number, false);
  nn_python_add(python, after);
}

static void add_penalty(NnPython *python, const NnProgram *program)
{
  double l1 = rule(program, "l1"), l2 = rule(program, "l2");
  bool weights = rule(program, "penalty_on") != 0;
  nn_python_add(python, "\n\n");
  NnPythonMark mark = nn_python_mark(python);
  nn_python_addf(python, "def penalty():\n    parameters = %s\n",
                 weights ? "[p for p in model.parameters() if p.dim() > 1]"
                         : "list(model.parameters())");
  if (l1 > 0)
    nn_python_add(python, "    l1 = sum(p.abs().sum() for p in parameters)\n");
  if (l2 > 0)
    nn_python_add(python, "    l2 = sum(p.square().sum() for p in parameters)\n");
  if (l1 > 0)
    add_number(python, "    return ", l1, " * l1");
  if (l2 > 0)
    add_number(python, l1 > 0 ? " + " : "    return ", l2, " * l2");
  nn_python_line(python, 0);
  nn_python_about(python, mark, program->rules, "l1", "l2", "penalty_on", NULL);
}

/* key: of the recipe */
static void assign(NnPython *python, const char *name, const NnProgram *program, const char *key)
{
  NnPythonMark mark = nn_python_mark(python);
  nn_python_addf(python, "%s = ", name);
  nn_python_call(python, nn_config_child(program->recipe, key), 0);
  nn_python_line(python, 0);
  nn_python_about(python, mark, program->recipe, key, NULL);
}

void nn_python_optimizer(NnPython *python, const NnProgram *program)
{
  const NnKind *kind = program->optimizer->kind;
  if (kind->torch_code) {
    nn_python_add(python, kind->torch_code);
    nn_python_add(python, "\n\n");
  }
  assign(python, "criterion", program, "loss");
  assign(python, "optimizer", program, "optimizer");
  if (program->scheduled)
    assign(python, "scheduler", program, "scheduler");
  if (penalizes(program))
    add_penalty(python, program);
}

/* ---- what is measured ---- */

void nn_python_accuracy(NnPython *python, const NnProgram *program)
{
  nn_python_add(python,
                "@torch.no_grad()\n"
                "def check_accuracy(loader):\n"
                "    model.eval()\n"
                "    correct = sum((model(x).argmax(1) == y).sum().item() for x, y in loader)\n"
                "    model.train()\n"
                "    return correct / len(loader.dataset)\n");
  if (program->metric && strstr(program->metric, "_loss") &&
      strcmp(program->metric, "train_loss") != 0)
    nn_python_add(
        python,
        "\n\n@torch.no_grad()\n"
        "def check_loss(loader):\n"
        "    model.eval()\n"
        "    loss = sum(F.cross_entropy(model(x), y, reduction=\"sum\") for x, y in loader)\n"
        "    model.train()\n"
        "    return loss.item() / len(loader.dataset)\n");
}

/* ---- the loop ---- */

enum { STEP = 3, CLOSURE = 4 }; /* indentation of what is done for a batch */

static void line(NnPython *python, int indent, const char *text)
{
  for (int i = 0; i < indent; i++)
    nn_python_add(python, "    ");
  nn_python_add(python, text);
  nn_python_line(python, 0);
}

static void add_clipping(NnPython *python, const NnProgram *program, int indent)
{
  static const struct {
    const char *key, *function;
  } all[] = {{"clip_norm", "clip_grad_norm_"}, {"clip_value", "clip_grad_value_"}};
  for (int i = 0; i < 2; i++) {
    char text[NN_PATH];
    double limit = rule(program, all[i].key);
    if (limit == 0)
      continue;
    NnPythonMark mark = nn_python_mark(python);
    snprintf(text, sizeof text, "nn.utils.%s(model.parameters(), ", all[i].function);
    for (int k = 0; k < indent; k++)
      nn_python_add(python, "    ");
    add_number(python, text, limit, ")\n");
    nn_python_about(python, mark, program->rules, all[i].key, NULL);
  }
}

/* From the outputs to the gradients. */
static void add_gradients(NnPython *python, const NnProgram *program, int indent)
{
  line(python, indent,
       penalizes(program) ? "loss = criterion(model(x), y) + penalty()"
                          : "loss = criterion(model(x), y)");
  line(python, indent, "optimizer.zero_grad()");
  line(python, indent, "loss.backward()");
  add_clipping(python, program, indent);
}

static void add_update(NnPython *python, const NnProgram *program)
{
  if (!calls_closure(program)) {
    add_gradients(python, program, STEP);
    line(python, STEP, "optimizer.step()");
    return;
  }
  nn_python_line(python, 0);
  line(python, STEP, "def closure(x=x, y=y):");
  add_gradients(python, program, CLOSURE);
  line(python, CLOSURE, "return loss");
  nn_python_line(python, 0);
  line(python, STEP, "loss = optimizer.step(closure)");
}

/* The argument of scheduler.step(). */
static const char *watched(const NnProgram *program, char text[NN_PATH])
{
  const char *metric = program->metric ? program->metric : "";
  int n = (int)strcspn(metric, "_");
  if (!*metric)
    return "";
  if (strcmp(metric, "train_loss") == 0)
    return program->per_batch ? "loss.item()" : "sum(losses) / len(losses)";
  snprintf(text, NN_PATH, "check%s(%.*s_loader)", metric + n, n, metric);
  return text;
}

static void add_schedule(NnPython *python, const NnProgram *program, int indent)
{
  char text[NN_PATH + 32], metric[NN_PATH];
  NnPythonMark mark = nn_python_mark(python);
  snprintf(text, sizeof text, "scheduler.step(%s)", watched(program, metric));
  line(python, indent, text);
  nn_python_about(python, mark, program->scheduler, "interval", program->metric ? "metric" : NULL,
                  NULL);
}

static void add_batches(NnPython *python, const NnProgram *program)
{
  line(python, 2, "for x, y in tqdm(train_loader, desc=f\"Epoch {epoch + 1}\"):");
  line(python, STEP, "lr = optimizer.param_groups[0][\"lr\"]");
  add_update(python, program);
  line(python, STEP, "losses.append(loss.item())");
  line(python, STEP, "history.append((len(history), epoch, loss.item(), lr))");
  nn_python_addf(python, "            if len(history) == %ssteps:\n", program->arguments);
  line(python, STEP + 1, "return");
  if (program->scheduled && program->per_batch)
    add_schedule(python, program, STEP);
}

void nn_python_loop(NnPython *python, const NnProgram *program)
{
  int epochs = nn_config_int(nn_config_child(program->recipe, "loop"), "epochs");
  nn_python_add(python, "history = []\n\n\ndef train():\n");
  NnPythonMark mark = nn_python_mark(python);
  nn_python_addf(python, "    for epoch in range(%d):\n", epochs);
  nn_python_about(python, mark, nn_config_child(program->recipe, "loop"), "epochs", NULL);
  line(python, 2, "losses = []");
  add_batches(python, program);
  line(python, 2, "print(f\"Epoch {epoch + 1}: loss {sum(losses) / len(losses):.4f}\")");
  if (program->validates)
    line(python, 2, "print(f\"Validation accuracy: {check_accuracy(validation_loader):.2%}\")");
  if (program->scheduled && !program->per_batch)
    add_schedule(python, program, 2);
  nn_python_add(python, "\n\ntrain()\n");
  nn_python_add(python, "print(f\"Test accuracy: {check_accuracy(test_loader):.2%}\")\n\n");
  nn_python_addf(python, "if %slog:\n    with open(%slog, \"w\", newline=\"\") as file:\n",
                 program->arguments, program->arguments);
  nn_python_add(python, "        writer = csv.writer(file)\n"
                        "        writer.writerow([\"step\", \"epoch\", \"loss\", \"lr\"])\n"
                        "        writer.writerows(history)\n");
}
