package dev.bide.console;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Files by their address. What is not named is not served, so nothing is by chance. */
final class Files implements Site {
    /** The names of our own files, one a line. */
    static final String LIST = "files.txt";

    private static final String PAGES = "/console/";
    private static final String DOCS = "/docs/";

    /** Of the description's page: its library writes styles into elements, has its pictures in its style sheet, and loads the description. */
    private static final String DOCS_POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
                    + "connect-src 'self'; base-uri 'self'; form-action 'none'; frame-ancestors 'none'";

    private final Map<String, Served> files = new HashMap<>();

    private Files() {}

    /** The console's modules, its style and its libraries. */
    static Files ofThePages() {
        Files files = new Files();
        Asset.text(LIST).lines().forEach(name -> files.own(PAGES + name, name, Pages.POLICY));
        Library.OF_THE_PAGES.forEach(library -> files.of(library, PAGES, Pages.POLICY));
        return files;
    }

    /** The API's description, to look at and to try. */
    static Files ofTheDocs() {
        Files files = new Files();
        files.own(DOCS, "docs/index.html", DOCS_POLICY);
        files.own(DOCS + "docs.js", "docs/docs.js", DOCS_POLICY);
        files.own(DOCS + "docs.css", "docs/docs.css", DOCS_POLICY);
        files.of(Library.SWAGGER_UI, DOCS, DOCS_POLICY);
        return files;
    }

    private void own(String address, String resource, String policy) {
        files.put(address, new Served(Asset.ofResource(resource), Served.ASKED_FOR_AGAIN, policy));
    }

    private void of(Library library, String place, String policy) {
        library.files()
                .forEach(file -> files.put(
                        place + "lib/" + library.path(file),
                        new Served(Asset.ofResource(library.folder() + file), Served.KEPT, policy)));
    }

    @Override
    public Optional<Served> at(String path) {
        return Optional.ofNullable(files.get(path));
    }
}
