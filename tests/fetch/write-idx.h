/* write-idx.h: a set of IDX files as a test wants it, and how to be rid of it. */
#pragma once
#include <glib.h>
#include <glib/gstdio.h>

/* IDX files of as many classes as there may be, in labels of 16 bits. */
static inline G_GNUC_UNUSED char *write_idx(const char *home)
{
  enum { N = 1000, SIDE = 4 };
  static const char *const halves[] = {"train", "t10k"};
  char *dir = g_build_filename(home, "letters", NULL);
  g_assert_true(g_mkdir_with_parents(dir, 0700) == 0);
  for (int half = 0; half < 2; half++) {
    const guint8 of_pictures[] = {0, 0, 8, 3, 0, 0, N >> 8, N & 255, 0, 0, 0, SIDE, 0, 0, 0, SIDE};
    const guint8 of_labels[] = {0, 0, 11, 1, 0, 0, N >> 8, N & 255};
    g_autoptr(GByteArray) pictures = g_byte_array_new(), labels = g_byte_array_new();
    g_byte_array_append(pictures, of_pictures, sizeof of_pictures);
    g_byte_array_append(labels, of_labels, sizeof of_labels);
    for (int i = 0; i < N; i++) {
      const guint8 label[] = {(guint8)(i >> 8), (guint8)i};
      guint8 picture[SIDE * SIDE];
      for (int p = 0; p < SIDE * SIDE; p++)
        picture[p] = i >> (p % 10) & 1 ? 255 : 0;
      g_byte_array_append(labels, label, sizeof label);
      g_byte_array_append(pictures, picture, sizeof picture);
    }
    g_autofree char *first = g_strdup_printf("%s/%s-images-idx3-ubyte", dir, halves[half]);
    g_autofree char *second = g_strdup_printf("%s/%s-labels-idx1-short", dir, halves[half]);
    g_assert_true(g_file_set_contents(first, (char *)pictures->data, pictures->len, NULL));
    g_assert_true(g_file_set_contents(second, (char *)labels->data, labels->len, NULL));
  }
  return dir;
}

/* Ten classes of 28 × 28 below `home`, in the folder `name`; `classes` go into its classes.txt. */
static inline G_GNUC_UNUSED char *write_ten(const char *home, const char *name, const char *classes)
{
  enum { N = 20, SIDE = 28 };
  static const char *const halves[] = {"train", "t10k"};
  const guint8 of_images[16] = {0, 0, 8, 3, 0, 0, 0, N, 0, 0, 0, SIDE, 0, 0, 0, SIDE};
  guint8 images[16 + N * SIDE * SIDE] = {0}, labels[8 + N] = {0, 0, 8, 1, 0, 0, 0, N};
  char *dir = g_build_filename(home, name, NULL);
  g_assert_true(g_mkdir_with_parents(dir, 0700) == 0);
  for (int b = 0; b < 16; b++)
    images[b] = of_images[b];
  for (int i = 0; i < N; i++)
    labels[8 + i] = (guint8)(i % 10);
  for (int half = 0; half < 2; half++) {
    g_autofree char *first = g_strdup_printf("%s/%s-images-idx3-ubyte", dir, halves[half]);
    g_autofree char *second = g_strdup_printf("%s/%s-labels-idx1-ubyte", dir, halves[half]);
    g_assert_true(g_file_set_contents(first, (char *)images, sizeof images, NULL));
    g_assert_true(g_file_set_contents(second, (char *)labels, sizeof labels, NULL));
  }
  g_autofree char *names = g_build_filename(dir, "classes.txt", NULL);
  g_assert_true(!classes || g_file_set_contents(names, classes, -1, NULL));
  return dir;
}

static inline void remove_tree(const char *path)
{
  const char *name;
  g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
  while (dir && (name = g_dir_read_name(dir))) {
    g_autofree char *below = g_build_filename(path, name, NULL);
    remove_tree(below);
  }
  g_remove(path);
}
