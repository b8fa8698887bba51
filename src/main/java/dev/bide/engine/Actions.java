package dev.bide.engine;

import dev.bide.delivery.ActionRules;
import dev.bide.delivery.HttpAction;
import dev.bide.engine.RefusedException.Fault;
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
        String body = action.body() == null ? null : action.body().text();
        return new HttpAction(action.method(), action.url(), action.headers(), body);
    }

    /** All for which an action could not be sent; {@code path} leads to it. */
    List<Fault> faults(String path, Action action) {
        return rules.check(http(action)).stream()
                .map(problem -> new Fault(path + "." + problem.field(), problem.message()))
                .toList();
    }
}
