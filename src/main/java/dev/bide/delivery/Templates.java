package dev.bide.delivery;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.samskivert.mustache.Mustache;
import com.samskivert.mustache.Template;
import java.io.Writer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Texts with <code>{{variables}}</code>, by JMustache, of which only variables, comments and a change of delimiters are
 * taken (<code>{{=&lt;% %&gt;=}}</code> at the front of a text lets it hold braces of its own). No sections: a loop in a
 * loop over a big input has no end. No partials: there is nothing to include. Nothing is escaped: the text goes into a
 * JSON node or a header, not into HTML. Safe for any number of threads.
 */
final class Templates {

    private static final int COMPILED = 1_000;

    private static final Mustache.Compiler COMPILER =
            Mustache.compiler().escapeHTML(false).defaultValue("");

    /** Workflows use the same texts over and over. */
    private final Cache<String, Template> compiled =
            Caffeine.newBuilder().maximumSize(COMPILED).executor(Runnable::run).build();

    /** What is wrong with a text; empty where it can be filled. */
    Optional<String> problem(String text) {
        Template template;
        try {
            template = COMPILER.compile(text);
        } catch (RuntimeException e) {
            // JMustache has an exception of its own for most of what can be wrong, and fails otherwise on {{}}.
            return Optional.of("must hold only well-formed {{variables}}");
        }
        Check check = new Check(text.contains("{{="));
        template.visit(check);
        return Optional.ofNullable(check.problem);
    }

    String fill(String text, Values values, int maxLength) throws Filler.UnfillableException {
        BoundedWriter out = new BoundedWriter(maxLength);
        try {
            compiled.get(text, COMPILER::compile).execute(values, out);
        } catch (RuntimeException e) {
            throw new Filler.UnfillableException(
                    out.full ? "filled with its values it is too long" : "its variables can't be filled");
        }
        return out.toString();
    }

    private static final class Check implements Mustache.Visitor {
        private final boolean ownDelimiters;
        private @Nullable String problem;

        Check(boolean ownDelimiters) {
            this.ownDelimiters = ownDelimiters;
        }

        @Override
        public void visitText(String text) {
            // JMustache takes a tag that is never closed for text.
            if (!ownDelimiters && text.contains("{{")) {
                problem = "must close each {{ with }}";
            }
        }

        @Override
        public void visitVariable(String name) {
            if (!Values.known(name)) {
                problem = "must not hold the unknown variable {{" + name
                        + "}}: there are input, run.id, run.key, task.name, timer.id and timer.dueAt";
            }
        }

        @Override
        public boolean visitInclude(String name) {
            return refuse();
        }

        @Override
        public boolean visitParent(String name) {
            return refuse();
        }

        @Override
        public boolean visitBlock(String name) {
            return refuse();
        }

        @Override
        public boolean visitSection(String name) {
            return refuse();
        }

        @Override
        public boolean visitInvertedSection(String name) {
            return refuse();
        }

        private boolean refuse() {
            problem = "must hold only {{variables}}: no sections and no partials";
            return false;
        }
    }

    private static final class BoundedWriter extends Writer {
        private final StringBuilder text = new StringBuilder();
        private final int maxLength;
        private boolean full;

        BoundedWriter(int maxLength) {
            this.maxLength = maxLength;
        }

        @Override
        public void write(char[] characters, int from, int length) {
            makeSure(length);
            text.append(characters, from, length);
        }

        @Override
        public void write(String string, int from, int length) {
            makeSure(length);
            text.append(string, from, from + length);
        }

        private void makeSure(int length) {
            if (length > maxLength - text.length()) {
                full = true;
                throw new IllegalStateException("longer than " + maxLength);
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}

        @Override
        public String toString() {
            return text.toString();
        }
    }
}
