package dev.bide.console;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A library of others that the browser gets as it lies in its jar, under a path with its version, so that it may be kept for ever.
 *
 * @param folder where its files lie on the class path
 * @param files what is served of it, and what the build packs into the jar
 */
record Library(String name, String version, String folder, List<String> files) {
    private static final String LIT = "/META-INF/resources/_static/";

    static final List<Library> OF_THE_PAGES = List.of(
            lit("lit", "3.3.3", "index.js"),
            lit(
                    "lit-html",
                    "3.3.3",
                    "lit-html.js",
                    "is-server.js",
                    "directive.js",
                    "directive-helpers.js",
                    "async-directive.js",
                    "directives/class-map.js",
                    "directives/guard.js",
                    "directives/if-defined.js",
                    "directives/keyed.js",
                    "directives/live.js",
                    "directives/ref.js",
                    "directives/repeat.js"),
            lit("lit-element", "4.2.2", "lit-element.js"),
            lit("reactive-element", "2.1.2", "reactive-element.js", "css-tag.js"),
            new Library(
                    "uplot",
                    "1.6.30",
                    "/META-INF/resources/webjars/uplot/1.6.30/dist/",
                    List.of("uPlot.iife.min.js", "uPlot.min.css")));

    static final Library SWAGGER_UI = new Library(
            "swagger-ui",
            "5.34.1",
            "/META-INF/resources/webjars/swagger-ui/5.34.1/",
            List.of("swagger-ui-bundle.js", "swagger-ui.css"));

    /** What a module's bare name means. The targets are relative to the page's base, so that the text is the same behind every prefix. */
    static final String IMPORT_MAP = importMap(Map.of(
            "lit", "lit/3.3.3/index.js",
            "lit/directives/", "lit-html/3.3.3/directives/",
            "lit-html", "lit-html/3.3.3/lit-html.js",
            "lit-html/", "lit-html/3.3.3/",
            "lit-element/lit-element.js", "lit-element/4.2.2/lit-element.js",
            "@lit/reactive-element", "reactive-element/2.1.2/reactive-element.js"));

    /** What every page loads first; told beforehand, they come at once instead of one after the other. */
    static final List<String> PRELOADED = List.of(
            "lit/3.3.3/index.js",
            "lit-html/3.3.3/lit-html.js",
            "lit-html/3.3.3/is-server.js",
            "lit-element/4.2.2/lit-element.js",
            "reactive-element/2.1.2/reactive-element.js",
            "reactive-element/2.1.2/css-tag.js");

    /** Where it is served, below the place of all libraries. */
    String path(String file) {
        return name + "/" + version + "/" + file;
    }

    private static Library lit(String name, String version, String... files) {
        return new Library(name, version, LIT + name + "/" + version + "/", List.of(files));
    }

    private static String importMap(Map<String, String> targets) {
        StringBuilder text = new StringBuilder("{\"imports\":{");
        new TreeMap<>(targets).forEach((name, target) -> text.append(text.charAt(text.length() - 1) == '{' ? "" : ",")
                .append("\"" + name + "\":\"./console/lib/" + target + "\""));
        return text.append("}}").toString();
    }
}
