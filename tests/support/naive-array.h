#pragma once

#include <glib.h>

#define FL_NAIVE_MAX_RANK 8

/**
 * FlNaiveArray:
 *
 * A row-major array of doubles, for the naive operators.
 */
typedef struct
{
  int rank;
  gint64 size[FL_NAIVE_MAX_RANK];
  gint64 count;
  double *data; /* owned */
} FlNaiveArray;

/* Zeros. */
FlNaiveArray *fl_naive_array_new (int rank, const gint64 *size);
FlNaiveArray *fl_naive_array_copy (const FlNaiveArray *array);
void fl_naive_array_free (FlNaiveArray *array);

/* The element at one index an axis. */
double *fl_naive_at (const FlNaiveArray *array, const gint64 *index);

/*
 * The element at an index of a larger array: the last axes stand against each other and axes of
 * size 1 are repeated.
 */
double *fl_naive_at_broadcast (const FlNaiveArray *array, int rank, const gint64 *index);

/* The index of element number @i in row-major order. */
void fl_naive_index (const FlNaiveArray *array, gint64 i, gint64 *index);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlNaiveArray, fl_naive_array_free)
