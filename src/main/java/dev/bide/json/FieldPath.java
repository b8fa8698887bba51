package dev.bide.json;

import org.jspecify.annotations.Nullable;

/** Where a value stands in what was sent: {@code tasks[1].delay.amount}. The whole of it is {@link #ROOT}. */
public record FieldPath(@Nullable FieldPath parent, String name, int index) {
    public static final FieldPath ROOT = new FieldPath(null, "", -1);

    /** The member {@code member} of this object; a path within it, such as {@code headers.X-Foo}, does as well. */
    public FieldPath field(String member) {
        return member.isEmpty() ? this : new FieldPath(this, member, -1);
    }

    /** The element at {@code position} of this list. */
    public FieldPath element(int position) {
        return new FieldPath(this, "", position);
    }

    /** What is wrong with the value that stands there. */
    public FieldError error(String message) {
        return new FieldError(toString(), message);
    }

    /** What is wrong within the value that stands there. */
    public FieldError error(FieldError within) {
        return field(within.field()).error(within.message());
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
