/* folder-dump.c: prints as JSON what is read from a folder of pictures.
 *
 *   folder-dump FOLDER ROWS COLUMNS [stop]     with stop: nobody waits any more
 *
 * train and test: label and first pixel of every picture; corners and test_corners: first and last
 * pixel of the first row; first: all pixels of the first training picture. */
#include "app/datasets/picture-folder.h"
#include <stdio.h>
#include <stdlib.h>

/* As JSON has it. */
static void print_text(const char *text)
{
  putchar('"');
  for (; *text; text++)
    printf(*text == '"' || *text == '\\' ? "\\%c" : "%c", *text);
  putchar('"');
}

static void print_split(const char *name, const NnSplit *split, size_t size)
{
  printf("\"%s\": [", name);
  for (size_t i = 0; i < split->n; i++)
    printf("%s[%d, %d]", i ? ", " : "", split->labels[i], split->images[i * size]);
  printf("], ");
}

static void print_corners(const char *name, const NnSplit *split, NnShape shape)
{
  size_t size = nn_shape_size(shape), columns = shape.dims[2];
  printf("\"%s\": [", name);
  for (size_t i = 0; i < split->n; i++)
    printf("%s[%d, %d]", i ? ", " : "", split->images[i * size],
           split->images[i * size + columns - 1]);
  printf("], ");
}

static void print_first(const NnSplit *split, size_t size)
{
  printf("\"first\": [");
  for (size_t p = 0; p < size; p++)
    printf("%s%d", p ? ", " : "", split->images[p]);
  printf("], ");
}

int main(int argc, char **argv)
{
  NnDataset *set;
  NnError err;
  BpLoadWatch watch = {.stop = argc == 5};
  if (argc != 4 && argc != 5)
    return 2;
  if (!bp_picture_folder_load(argv[1], atoi(argv[2]), atoi(argv[3]), &watch, &set, &err)) {
    fprintf(stderr, "%s\n", err.text);
    return 1;
  }
  size_t size = nn_shape_size(set->shape);
  printf("{\"shape\": [%zu, %zu, %zu], \"classes\": [", set->shape.dims[0], set->shape.dims[1],
         set->shape.dims[2]);
  for (int k = 0; k < set->n_classes; k++)
    printf("%s", k ? ", " : ""), print_text(set->class_names[k]);
  printf("], ");
  print_split("train", &set->train, size);
  print_split("test", &set->test, size);
  print_corners("corners", &set->train, set->shape);
  print_corners("test_corners", &set->test, set->shape);
  print_first(&set->train, size);
  printf("\"title\": "), print_text(set->title);
  printf(", \"note\": "), print_text(set->note ? set->note : "");
  puts("}");
  nn_dataset_free(set);
  return 0;
}
