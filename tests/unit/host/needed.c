/* A library that a plugin needs. */
int sepflow_needed(void);
int sepflow_needed(void) {
    return 1;
}
