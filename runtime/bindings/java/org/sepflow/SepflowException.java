package org.sepflow;

/** Failure of a function of the library. {@link #code} is a SEPFLOW_E_ constant of node.h. */
public final class SepflowException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public final int code;

    SepflowException(int code, String message) {
        super(message);
        this.code = code;
    }
}
