package dev.bide.http.request;

import org.jspecify.annotations.Nullable;

/** Where a value stands in a request: {@code tasks[1].delay.amount}. The whole body is {@link #ROOT}. */
record FieldPath(@Nullable FieldPath parent, String name, int index) {
    static final FieldPath ROOT = new FieldPath(null, "", -1);

    /** The member {@code member} of this object; a path within it, such as {@code headers.X-Foo}, does as well. */
    FieldPath field(String member) {
        return member.isEmpty() ? this : new FieldPath(this, member, -1);
    }

    /** The element at {@code position} of this list. */
    FieldPath element(int position) {
        return new FieldPath(this, "", position);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        append(text);
        return text.toString();
    }

    private void append(StringBuilder text) {
        if (parent == null) {
            return;
        }
        parent.append(text);
        if (index >= 0) {
            text.append('[').append(index).append(']');
        } else {
            text.append(text.isEmpty() ? "" : ".").append(name);
        }
    }
}
