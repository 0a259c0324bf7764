/* Reference LAPACK is linked in as an archive so that no BLAS of the system, with threads of its
   own, comes into a host with us. Its Fortran asks for these few functions of libgfortran and of
   its own error handler, which prints and stops the program: here an error is the info code and
   nothing else. */
#include <string.h>

void xerbla_(const char *name, const int *info, size_t length);
void xerbla_(const char *name, const int *info, size_t length) {
    (void)name;
    (void)info;
    (void)length;
}

void LAPACKE_xerbla(const char *name, int info);
void LAPACKE_xerbla(const char *name, int info) {
    (void)name;
    (void)info;
}

/* to = a // b, cut or padded with blanks to its length. */
void _gfortran_concat_string(size_t to_length, char *to, size_t a_length, const char *a,
                             size_t b_length, const char *b);
void _gfortran_concat_string(size_t to_length, char *to, size_t a_length, const char *a,
                             size_t b_length, const char *b) {
    const size_t from_a = a_length < to_length ? a_length : to_length;
    const size_t rest = to_length - from_a;
    const size_t from_b = b_length < rest ? b_length : rest;
    memcpy(to, a, from_a);
    memcpy(to + from_a, b, from_b);
    memset(to + from_a + from_b, ' ', rest - from_b);
}

/* Compares as if the shorter were padded with blanks. */
int _gfortran_compare_string(size_t a_length, const char *a, size_t b_length, const char *b);
int _gfortran_compare_string(size_t a_length, const char *a, size_t b_length, const char *b) {
    const size_t length = a_length > b_length ? a_length : b_length;
    for (size_t i = 0; i < length; ++i) {
        const unsigned char left = i < a_length ? (unsigned char)a[i] : ' ';
        const unsigned char right = i < b_length ? (unsigned char)b[i] : ' ';
        if (left != right) return left < right ? -1 : 1;
    }
    return 0;
}
