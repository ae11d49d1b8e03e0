/* python-data.c: transforms, data sets and loaders. */
#include "python-parts.h"
#include <stdio.h>
#include <string.h>

static const char idx[] =
    "class IDX(Dataset):\n"
    "    \"\"\"The four files of MNIST in a folder, compressed or not.\"\"\"\n"
    "\n"
    "    def __init__(self, root, train, transform):\n"
    "        part = f\"{root}/{'train' if train else 't10k'}\"\n"
    "        self.images = self.read(f\"{part}-images-idx3-ubyte\")\n"
    "        self.labels = self.read(f\"{part}-labels-idx1-ubyte\")\n"
    "        self.transform = transform\n"
    "\n"
    "    def read(self, path):\n"
    "        plain = os.path.exists(path)\n"
    "        with open(path, \"rb\") if plain else gzip.open(f\"{path}.gz\") as file:\n"
    "            n_dims = file.read(4)[3]\n"
    "            shape = np.frombuffer(file.read(4 * n_dims), \">i4\")\n"
    "            return np.frombuffer(file.read(), np.uint8).reshape(shape)\n"
    "\n"
    "    def __len__(self):\n"
    "        return len(self.labels)\n"
    "\n"
    "    def __getitem__(self, i):\n"
    "        return self.transform(Image.fromarray(self.images[i])), int(self.labels[i])\n"
    "\n\n";

/* A data set of torchvision's, or such files: whatever lies in the folder. */
static void add_open(NnPython *python, const NnProgram *program)
{
  const NnConfig *set = nn_config_child(program->data, "dataset");
  NnPythonMark mark = nn_python_mark(python);
  if (strcmp(set->kind->torch, "ImageFolder") == 0) {
    nn_python_add(python, "def open_data(train, transform):\n");
    nn_python_addf(python, "    root = %sdata", program->arguments);
    nn_python_add(python, " + (\"/train\" if train else \"/test\")\n"
                          "    return datasets.ImageFolder(root, transform)\n");
    nn_python_about(python, mark, program->data, "dataset", NULL);
    nn_python_add(python, "\n\n");
    return;
  }
  nn_python_add(python, idx);
  mark = nn_python_mark(python);
  nn_python_add(python, "def open_data(train, transform):\n");
  if (set->kind->torch[0]) {
    nn_python_addf(python, "    if not glob(f\"{%sdata}/train-images*\"):", program->arguments);
    nn_python_addf(python, "  # torchvision's own folder\n        return datasets.%s(",
                   set->kind->torch);
    nn_python_addf(python, "%sdata, train, transform, download=True)\n", program->arguments);
  }
  nn_python_addf(python, "    return IDX(%sdata, train, transform)\n", program->arguments);
  nn_python_about(python, mark, program->data, "dataset", NULL);
  nn_python_add(python, "\n\n");
}

static void separate(NnPython *python, bool first, int indent)
{
  nn_json_separate(&python->text, first, indent < 0 ? -1 : indent * NN_PYTHON_INDENT);
}

/* resize: the size of a folder's pictures, which have any, and colors; empty: they are none. */
static void add_list(NnPython *python, const NnValue *list, const char *resize, int indent)
{
  nn_python_add(python, "[");
  if (*resize) {
    separate(python, true, indent);
    nn_python_add(python, "transforms.Grayscale()");
    separate(python, false, indent);
    nn_python_add(python, resize);
  }
  for (int i = 0; i < list->n; i++) {
    separate(python, i == 0 && !*resize, indent);
    nn_python_call(python, list->configs[i], indent);
  }
  if (indent >= 0) {
    nn_python_add(python, ",");
    nn_python_line(python, indent - 1);
  }
  nn_python_add(python, "]");
}

static void add_transform(NnPython *python, const NnProgram *program, const char *name,
                          const char *key, const char *resize)
{
  const NnConfig *set = nn_config_child(program->data, "dataset");
  const NnValue *list = nn_config_value(program->data, key);
  NnPythonMark start = nn_python_mark(python);
  nn_python_addf(python, "%s = ", name);
  if (list->n == 1 && !*resize) {
    nn_python_call(python, list->configs[0], 0);
  } else {
    nn_python_add(python, "transforms.Compose(");
    NnPythonMark mark = nn_python_mark(python);
    add_list(python, list, resize, -1);
    if (nn_python_column(python) + 1 > NN_PYTHON_LINE) {
      nn_python_take_back(python, mark);
      nn_python_line(python, 1);
      add_list(python, list, resize, 2);
      nn_python_line(python, 0);
    }
    nn_python_add(python, ")");
  }
  nn_python_line(python, 0);
  nn_python_about(python, start, program->data, key, NULL);
  if (*resize)
    nn_python_about(python, start, set, "image_size", NULL);
}

static void add_transforms(NnPython *python, const NnProgram *program)
{
  const NnConfig *set = nn_config_child(program->data, "dataset");
  const char *name = program->own_test ? "train_transform" : "transform";
  char resize[NN_PATH] = "";
  int size = nn_param_index(set->kind->params, "image_size");
  if (size >= 0)
    snprintf(resize, sizeof resize, "transforms.Resize((%.0f, %.0f))", set->values[size].numbers[0],
             set->values[size].numbers[1]);
  add_transform(python, program, name, "transforms", resize);
  if (program->own_test)
    add_transform(python, program, "test_transform", "test_transforms", resize);
}

static void add_sets(NnPython *python, const NnProgram *program)
{
  const char *name = program->own_test ? "train_transform" : "transform";
  double fraction = nn_config_number(program->data, "validation_fraction");
  nn_python_addf(python, "train_set = open_data(True, %s)\n", name);
  if (program->validates) {
    char digits[NN_NUMBER_TEXT];
    const NnValue *seed = nn_config_value(program->recipe, "seed");
    NnPythonMark mark = nn_python_mark(python);
    nn_python_addf(python, "split = torch.Generator().manual_seed(%s)\nparts = [",
                   nn_seed_text(seed, digits));
    nn_python_number(python, 1 - fraction, false);
    nn_python_add(python, ", ");
    nn_python_number(python, fraction, false);
    nn_python_add(python, "]\ntrain_set, validation_set = random_split(train_set, parts, split)\n");
    if (program->own_test)
      nn_python_add(python, "# The same images, seen as test images are.\n"
                            "seen = open_data(True, test_transform)\n"
                            "validation_set = Subset(seen, validation_set.indices)\n");
    nn_python_about(python, mark, program->data, "validation_fraction", NULL);
  }
  nn_python_addf(python, "test_set = open_data(False, %s)\n",
                 program->own_test ? "test_transform" : "transform");
}

static void add_loaders(NnPython *python, const NnProgram *program)
{
  bool watched =
      program->validates || (program->metric && strncmp(program->metric, "test", 4) == 0);
  int test_batch = nn_config_int(program->data, "test_batch_size");
  const char *own = watched ? ", generator=own" : "";
  NnPythonMark mark = nn_python_mark(python);
  nn_python_addf(python, "train_loader = DataLoader(train_set, batch_size=%d%s%s)\n",
                 nn_config_int(program->data, "batch_size"),
                 nn_config_bool(program->data, "shuffle") ? ", shuffle=True" : "",
                 nn_config_bool(program->data, "drop_last") ? ", drop_last=True" : "");
  nn_python_about(python, mark, program->data, "batch_size", "shuffle", "drop_last", NULL);
  if (watched)
    nn_python_add(python,
                  "# With this, evaluations do not change the order of the training images.\n"
                  "own = torch.Generator()\n");
  mark = nn_python_mark(python);
  if (program->validates)
    nn_python_addf(python, "validation_loader = DataLoader(validation_set, batch_size=%d%s)\n",
                   test_batch, own);
  nn_python_addf(python, "test_loader = DataLoader(test_set, batch_size=%d%s)\n", test_batch, own);
  nn_python_about(python, mark, program->data, "test_batch_size", NULL);
}

void nn_python_data(NnPython *python, const NnProgram *program)
{
  add_open(python, program);
  add_transforms(python, program);
  add_sets(python, program);
  nn_python_line(python, 0);
  add_loaders(python, program);
}
