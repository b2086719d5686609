#include <dlfcn.h>
#include <cblas.h>
#include <glib.h>
#include <gsl/gsl_cdf.h>

/* The library that a function of this program comes from. */
static const char *
library_of (gpointer function)
{
  Dl_info info;

  return dladdr (function, &info) != 0 && info.dli_fname != NULL ? info.dli_fname : "";
}

/*
 * GSL brings a plain CBLAS of its own. Before OpenBLAS on the link line it would answer instead,
 * many times slower and without a word.
 */
static void
test_blas (void)
{
  const char *library = library_of ((gpointer) cblas_sgemm);

  g_test_message ("cblas_sgemm comes from %s", library);
  g_assert_nonnull (strstr (library, "openblas"));
  g_assert_null (strstr (library, "gslcblas"));
}

static void
test_gsl (void)
{
  g_assert_nonnull (strstr (library_of ((gpointer) gsl_cdf_ugaussian_P), "libgsl."));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/style/linkage/blas", test_blas);
  g_test_add_func ("/style/linkage/gsl", test_gsl);
  return g_test_run ();
}
