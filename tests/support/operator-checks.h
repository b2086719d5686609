#pragma once

#include <glib.h>

typedef enum
{
  FL_CHECK_LINEAR = 1 << 0,          /* but for a constant: the adjoint identity holds */
  FL_CHECK_NO_DIFFERENCES = 1 << 1,  /* ties or kinks: central differences mean nothing */
  FL_CHECK_FEW_DIFFERENCES = 1 << 2, /* a large case: only some entries are differenced */
} FlOperatorCheckFlags;

/**
 * FlOperatorCase:
 * @name: what is added to the test's path
 * @script: see FlNetworkScript
 */
typedef struct
{
  const char *name;
  const char *script;
  FlOperatorCheckFlags flags;
} FlOperatorCase;

/**
 * fl_operator_case_check:
 *
 * Checks the engine on a script: its result against the naive operators; its gradients with respect
 * to the input and all constants against central differences of them; for a linear script the
 * adjoint identity; and that results and gradients are the same bytes with 1, 2 and 5 workers, and
 * with both kinds of plans.
 */
void fl_operator_case_check (const FlOperatorCase *operator_case);

/* Adds a test /graph/@module/@name for each case. */
void fl_operator_cases_add (const char *module, int n_cases, const FlOperatorCase *cases);

/**
 * FlOperatorErrorCase:
 * @message: a piece of the expected message
 *
 * A script that a graph builder must refuse with one clear line, of domain FL_ERROR.
 */
typedef struct
{
  const char *script;
  const char *message;
} FlOperatorErrorCase;

void fl_operator_error_case_check (const FlOperatorErrorCase *error_case);
