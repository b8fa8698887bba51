package dev.bide.delivery.template;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.samskivert.mustache.Mustache;
import com.samskivert.mustache.Template;
import java.io.Writer;
import java.util.Objects;
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
    private final Cache<String, Compiled> compiled =
            Caffeine.newBuilder().maximumSize(COMPILED).executor(Runnable::run).build();

    /** @param only the name of the one variable that the text is; null where it is anything else */
    private record Compiled(Template template, @Nullable String only) {
        static Compiled of(String text) {
            Template template = COMPILER.compile(text);
            Single single = new Single();
            template.visit(single);
            return new Compiled(template, single.exactly ? single.name : null);
        }
    }

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

    /** The name of the variable that makes up the whole text; empty where there is more to it, or less. */
    Optional<String> onlyVariable(String text) throws UnfillableException {
        return Optional.ofNullable(compile(text).only());
    }

    private Compiled compile(String text) throws UnfillableException {
        try {
            return Objects.requireNonNull(compiled.get(text, Compiled::of));
        } catch (RuntimeException e) {
            throw new UnfillableException("its variables can't be filled");
        }
    }

    String fill(String text, Values values, int maxLength) throws UnfillableException {
        BoundedWriter out = new BoundedWriter(maxLength);
        Template template = compile(text).template();
        try {
            template.execute(values, out);
        } catch (RuntimeException e) {
            throw new UnfillableException(
                    out.full ? "filled with its values it is too long" : "its variables can't be filled");
        }
        return out.toString();
    }

    /** Goes into nothing but text and variables. */
    private abstract static class OnlyVariables implements Mustache.Visitor {
        abstract void visitOther();

        @Override
        public boolean visitInclude(String name) {
            visitOther();
            return false;
        }

        @Override
        public boolean visitParent(String name) {
            visitOther();
            return false;
        }

        @Override
        public boolean visitBlock(String name) {
            visitOther();
            return false;
        }

        @Override
        public boolean visitSection(String name) {
            visitOther();
            return false;
        }

        @Override
        public boolean visitInvertedSection(String name) {
            visitOther();
            return false;
        }
    }

    private static final class Check extends OnlyVariables {
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
                        + "}}: there are input, run.id, run.key, run.status, run.error, task.name, timer.id and timer.dueAt";
            }
        }

        @Override
        void visitOther() {
            problem = "must hold only {{variables}}: no sections and no partials";
        }
    }

    /** Whether there is one variable and nothing else. */
    private static final class Single extends OnlyVariables {
        private @Nullable String name;
        private boolean exactly = true;

        @Override
        public void visitText(String text) {
            exactly &= text.isEmpty();
        }

        @Override
        public void visitVariable(String variable) {
            exactly &= name == null;
            name = variable;
        }

        @Override
        void visitOther() {
            exactly = false;
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
