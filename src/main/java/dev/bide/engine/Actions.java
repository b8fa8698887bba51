package dev.bide.engine;

import dev.bide.delivery.ActionRules;
import dev.bide.delivery.HttpAction;
import dev.bide.delivery.Problem;
import dev.bide.workflow.Action;
import java.util.List;

/** What actions may be stored: the delivery room's rules. Thread-safe. */
final class Actions {
    private final ActionRules rules;

    Actions(ActionRules rules) {
        this.rules = rules;
    }

    /** The action as the delivery room has it. */
    static HttpAction http(Action action) {
        String body = action.body() == null ? null : action.body().toString();
        return new HttpAction(action.method(), action.url(), action.headers(), body);
    }

    /** Refuses an action that could not be sent; {@code path} leads to it. */
    void check(String path, Action action) {
        List<Problem> problems = rules.check(http(action));
        if (!problems.isEmpty()) {
            Problem first = problems.get(0);
            throw RefusedException.invalid(path + "." + first.field(), first.message());
        }
    }
}
