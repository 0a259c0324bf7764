package org.sepflow;

/** What a function of the library complains of; {@link #code} is one of the SEPFLOW_E_ constants of node.h. */
public final class SepflowException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public final int code;

    SepflowException(int code, String message) {
        super(message);
        this.code = code;
    }
}
