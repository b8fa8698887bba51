package dev.bide.http.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.bide.delay.ClockChange;
import dev.bide.engine.trial.ActionTrial;
import dev.bide.http.answer.ExplainedAnswer;
import dev.bide.http.answer.OperationAnswer;
import dev.bide.http.answer.ProblemsAnswer;
import dev.bide.http.answer.RunAnswer;
import dev.bide.http.answer.SimulationAnswer;
import dev.bide.http.answer.TimerAnswer;
import dev.bide.http.answer.WorkflowAnswer;
import dev.bide.http.body.Body;
import dev.bide.http.body.MemoryBudget;
import dev.bide.http.problem.Problem;
import dev.bide.http.problem.ProblemType;
import dev.bide.http.resource.RunResource;
import dev.bide.json.Fields;
import dev.bide.json.JsonReader;
import dev.bide.workflow.Action;
import dev.bide.workflow.Attempt;
import dev.bide.workflow.Json;
import dev.bide.workflow.RunStatus;
import dev.bide.workflow.TimerStatus;
import dev.bide.workflow.figures.TaskChange;
import dev.bide.workflow.store.OperationKind;
import dev.bide.workflow.store.RunFilter;
import dev.bide.workflow.store.TimerFilter;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Path;
import java.io.IOException;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** openapi.yaml says what the code does. */
class OpenApiTest {
    private static final JsonNode DOCUMENT = load();
    private static final Set<String> METHODS = Set.of("get", "put", "post", "delete", "patch");

    private static JsonNode load() {
        try {
            return new YAMLMapper().readTree(OpenApiTest.class.getResource("/openapi.yaml"));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void every_path_and_method_is_described_and_no_other() {
        Set<String> described = new TreeSet<>();
        operations((call, operation) -> described.add(call));
        Set<String> served = new TreeSet<>();
        new ClassFileImporter()
                .importPath(java.nio.file.Path.of("target/classes/dev/bide/http")).stream()
                        .filter(type -> type.isAnnotatedWith(Path.class))
                        .forEach(type -> served.addAll(calls(type.reflect())));

        assertThat(described).isEqualTo(served).hasSizeGreaterThan(25);
    }

    private static List<String> calls(Class<?> resource) {
        String root = resource.getAnnotation(Path.class).value();
        List<String> calls = new ArrayList<>();
        for (Method method : resource.getDeclaredMethods()) {
            for (Annotation annotation : method.getAnnotations()) {
                HttpMethod verb = annotation.annotationType().getAnnotation(HttpMethod.class);
                if (verb != null) {
                    Path path = method.getAnnotation(Path.class);
                    calls.add(verb.value().toLowerCase(Locale.ROOT) + " " + root + (path == null ? "" : path.value()));
                }
            }
        }
        return calls;
    }

    @Test
    void every_reference_leads_somewhere() {
        List<String> references = DOCUMENT.findValuesAsText("$ref");

        assertThat(references).hasSizeGreaterThan(100).allSatisfy(reference -> assertThat(
                        DOCUMENT.at(reference.substring(1)).isMissingNode())
                .as(reference)
                .isFalse());
    }

    @Test
    void every_operation_has_an_id_of_its_own_and_problems() {
        List<String> ids = new ArrayList<>();
        operations((call, operation) -> {
            ids.add(operation.path("operationId").textValue());
            assertThat(operation.path("responses").has("default")).as(call).isTrue();
            assertThat(operation.has("requestBody"))
                    .as(call)
                    .isEqualTo(operation.path("responses").has("415"));
        });

        assertThat(ids).doesNotHaveDuplicates().doesNotContainNull();
    }

    @Test
    void every_example_of_a_body_is_accepted() {
        Map<String, Function<Fields, ?>> drafts = new HashMap<>(Map.of(
                "createWorkflow", Drafts::newWorkflow,
                "replaceWorkflow", Drafts::changedWorkflow,
                "addTask", Drafts::newTask,
                "replaceTask", Drafts::changedTask,
                "startRun", fields -> Drafts.run(fields, 1_000),
                "createTimer", Drafts::timer,
                "rescheduleTimer", Drafts::reschedule,
                "previewDelay", Drafts::preview));
        Stream.of("cancel", "pause", "resume", "redrive", "reschedule", "fire")
                .forEach(change -> drafts.put(change + "Timers", BulkChangeDraft.timers(OperationKind.of(change))));
        Stream.of("cancel", "pause", "resume", "redrive")
                .forEach(change ->
                        drafts.put(change + "Runs", BulkChangeDraft.runs(OperationKind.of(change + "-runs"))));
        drafts.put("redriveRun", RunResource::latest);
        drafts.put("simulateWorkflow", fields -> Drafts.simulation(fields, 1_000));
        drafts.put("testAction", fields -> Drafts.actionTrial(fields, 1_000));
        JsonReader json = new JsonReader(1_000, Drafts.KEY);
        Set<String> seen = new TreeSet<>();
        operations((call, operation) -> {
            String id = operation.path("operationId").textValue();
            JsonNode example = operation.at("/requestBody/content/application~1json/example");
            if (operation.has("requestBody")) {
                assertThat(example.isObject()).as(call).isTrue();
            }
            if (drafts.containsKey(id)) {
                seen.add(id);
                Body body = new Body(
                        example.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8),
                        new MemoryBudget(1_000_000).open());
                assertThatCode(() -> json.object(body.bytes(), body.values(), drafts.get(id)::apply)
                                .orRefuse())
                        .as(call)
                        .doesNotThrowAnyException();
            }
        });
        assertThat(seen).isEqualTo(new TreeSet<>(drafts.keySet()));
    }

    @Test
    void the_schemas_have_the_fields_of_the_answers() {
        assertThat(fields("Workflow")).containsExactlyInAnyOrderElementsOf(components(WorkflowAnswer.class));
        assertThat(fields("Run")).containsExactlyInAnyOrderElementsOf(components(RunAnswer.class));
        assertThat(fields("Timer")).containsExactlyInAnyOrderElementsOf(components(TimerAnswer.class));
        assertThat(fields("Problem")).containsExactlyInAnyOrderElementsOf(components(Problem.class));
        assertThat(fields("Operation")).containsExactlyInAnyOrderElementsOf(components(OperationAnswer.class));
        assertThat(fields("ProblemGroup")).containsExactlyInAnyOrderElementsOf(components(ProblemsAnswer.Group.class));
        assertThat(fields("Explained")).containsExactlyInAnyOrderElementsOf(components(ExplainedAnswer.class));
        assertThat(fields("ClockChange")).containsExactlyInAnyOrderElementsOf(components(ClockChange.class));
        assertThat(fields("ActionTest")).containsExactlyInAnyOrderElementsOf(components(ActionTrial.class));
        assertThat(fields("RenderedRequest")).containsExactlyInAnyOrderElementsOf(components(Action.class));
        assertThat(fields("Simulation")).containsExactlyInAnyOrderElementsOf(components(SimulationAnswer.class));
        assertThat(items("Simulation", "steps"))
                .containsExactlyInAnyOrderElementsOf(components(SimulationAnswer.Step.class));
        assertThat(items("VersionPreview", "tasks")).containsExactlyInAnyOrderElementsOf(components(TaskChange.class));
        assertThat(items("Timer", "attempts")).containsExactlyInAnyOrderElementsOf(components(Attempt.class));
        assertThat(fields("RunFilter")).containsExactlyInAnyOrderElementsOf(components(RunFilter.class));
        assertThat(fields("TimerFilter")).containsExactlyInAnyOrderElementsOf(components(TimerFilter.class));
        assertThat(values("RunStatus")).containsExactlyElementsOf(names(RunStatus.values()));
        assertThat(values("TimerStatus")).containsExactlyElementsOf(names(TimerStatus.values()));
    }

    /** A comma or colon in the wrong place makes a second key of a sentence's end, which YAML takes and nobody sees. */
    @Test
    void every_text_is_read_to_its_end() throws IOException {
        Set<String> maps = Set.of(
                "properties",
                "mapping",
                "examples",
                "schemas",
                "responses",
                "headers",
                "parameters",
                "paths",
                "content",
                "securitySchemes",
                "example",
                "default");
        List<String> strange = new ArrayList<>();
        look("", DOCUMENT, maps, strange);
        assertThat(strange).isEmpty();

        String text = new String(
                OpenApiTest.class.getResourceAsStream("/openapi.yaml").readAllBytes(),
                java.nio.charset.StandardCharsets.UTF_8);
        List<String> written = new ArrayList<>(DOCUMENT.findValuesAsText("description"));
        java.util.regex.Matcher plain = java.util.regex.Pattern.compile("[{ ]description: ([^'\"|>{].*)")
                .matcher(text);
        while (plain.find()) {
            String line = plain.group(1);
            assertThat(written)
                    .as(line)
                    .anyMatch(one ->
                            line.startsWith(one) && line.substring(one.length()).matches("(, [a-z]+: .*)?}*"));
        }
    }

    /** What is no map of a user's names holds no key but OpenAPI's, which are words; and none without a value. */
    private static void look(String path, JsonNode node, Set<String> maps, List<String> strange) {
        if (node.isArray()) {
            node.forEach(element -> look(path, element, maps, strange));
            return;
        }
        String last = path.substring(path.lastIndexOf('/') + 1);
        node.properties().forEach(member -> {
            String name = member.getKey();
            if (!maps.contains(last) && !name.matches("[$a-zA-Z0-9]+")
                    || member.getValue().isNull()) {
                strange.add(path + "/" + name);
            }
            if (!name.equals("example") && !name.equals("examples")) {
                look(path + "/" + name, member.getValue(), maps, strange);
            }
        });
    }

    @Test
    void every_header_that_is_refused_is_listed() {
        String text = DOCUMENT.at("/components/schemas/Action/properties/headers/description")
                .textValue();
        for (String name : List.of(
                "Connection",
                "Keep-Alive",
                "TE",
                "Trailer",
                "Transfer-Encoding",
                "Upgrade",
                "HTTP2-Settings",
                "Host",
                "Content-Length",
                "Expect",
                "Idempotency-Key",
                "User-Agent",
                "Webhook-Id",
                "Webhook-Timestamp",
                "Webhook-Signature")) {
            assertThat(text).contains("`" + name + "`");
        }
    }

    @Test
    void every_kind_of_problem_is_listed() {
        String description = DOCUMENT.at("/info/description").textValue();
        assertThat(Stream.of(ProblemType.values()).filter(type -> type != ProblemType.REFUSED))
                .allSatisfy(
                        type -> assertThat(description).contains("| " + type.status() + " | `" + type.uri() + "` |"));
    }

    @Test
    void the_postman_collection_calls_every_operation() throws IOException {
        JsonNode collection =
                Json.mapper().readTree(Files.readString(java.nio.file.Path.of("postman/bide.postman_collection.json")));
        Set<String> called = new TreeSet<>();
        collection.findValues("request").forEach(request -> {
            String url = request.path("url").textValue();
            if (url.startsWith("{{baseUrl}}")) {
                called.add(request.path("method").textValue().toLowerCase(Locale.ROOT) + " "
                        + url.substring("{{baseUrl}}".length()).replaceAll("\\?.*", ""));
            }
        });
        operations((call, operation) ->
                assertThat(called).as(call).anyMatch(one -> one.matches(call.replaceAll("\\{\\w+}", "[^/]+"))));
    }

    private interface Visitor {
        void visit(String call, JsonNode operation);
    }

    private static void operations(Visitor visitor) {
        ((ObjectNode) DOCUMENT.path("paths"))
                .properties()
                .forEach(path -> path.getValue().properties().forEach(member -> {
                    if (METHODS.contains(member.getKey())) {
                        visitor.visit(member.getKey() + " " + path.getKey(), member.getValue());
                    }
                }));
    }

    private static List<String> fields(String schema) {
        return names(DOCUMENT.at("/components/schemas/" + schema + "/properties"));
    }

    /** The fields of each item of a list in a schema. */
    private static List<String> items(String schema, String list) {
        return names(DOCUMENT.at("/components/schemas/" + schema + "/properties/" + list + "/items/properties"));
    }

    private static List<String> names(JsonNode object) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static List<String> components(Class<?> answer) {
        return Arrays.stream(answer.getRecordComponents())
                .map(RecordComponent::getName)
                .toList();
    }

    private static List<String> values(String schema) {
        List<String> values = new ArrayList<>();
        DOCUMENT.at("/components/schemas/" + schema + "/enum").forEach(value -> values.add(value.textValue()));
        return values;
    }

    private static List<String> names(Object[] values) {
        return Arrays.stream(values).map(Object::toString).toList();
    }
}
