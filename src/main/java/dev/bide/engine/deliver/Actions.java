package dev.bide.engine.deliver;

import dev.bide.delivery.ActionProblem;
import dev.bide.delivery.ActionRules;
import dev.bide.delivery.DeliveryOutcome;
import dev.bide.delivery.HttpAction;
import dev.bide.json.FieldError;
import dev.bide.json.FieldPath;
import dev.bide.workflow.Action;
import dev.bide.workflow.JsonText;
import java.util.List;

/** What actions may be stored: the delivery room's rules. Thread-safe. */
public final class Actions {
    private final ActionRules rules;

    public Actions(ActionRules rules) {
        this.rules = rules;
    }

    /** The action as the delivery room has it. */
    public static HttpAction http(Action action) {
        String body = action.body() == null ? null : action.body().text();
        return new HttpAction(action.method(), action.url(), action.headers(), body);
    }

    /** One that the delivery room has filled. */
    public static Action of(HttpAction action) {
        String body = action.body();
        return new Action(action.method(), action.url(), action.headers(), body == null ? null : new JsonText(body));
    }

    /** How the contract calls what came of an attempt. */
    public static String word(DeliveryOutcome.Attempted attempted) {
        if (attempted instanceof DeliveryOutcome.Delivered) {
            return "delivered";
        }
        return attempted instanceof DeliveryOutcome.Retryable ? "failed" : "refused";
    }

    /** All for which each of a request's actions could not be sent. It waits for their names, 300 ms for all together. */
    public List<List<ActionProblem>> problems(List<Action> actions) {
        return rules.check(actions.stream().map(Actions::http).toList());
    }

    /** @param path leads to the action */
    public static List<FieldError> errors(FieldPath path, List<ActionProblem> problems) {
        return problems.stream()
                .map(problem -> path.field(problem.field()).error(problem.message()))
                .toList();
    }
}
