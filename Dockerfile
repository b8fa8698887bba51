# docker build -t bide .
# docker run -e DATABASE_URL=jdbc:postgresql://… -e DATABASE_USER=… -e DATABASE_PASSWORD=… -e API_KEYS=… -p 8088:8088 bide
# A stop takes up to 45 s where calls are under way, and Docker grants 10: docker run --stop-timeout 60.
# Without DATABASE_URL it keeps an embedded PostgreSQL in the volume /data; give that a name: docker run -v bide-data:/data …
# For both kinds of machine: docker buildx build --platform linux/amd64,linux/arm64 -t NAME:TAG --push .

# The jar is the same on all machines, and holds the embedded PostgreSQL of both: built once, on the builder's own.
FROM --platform=$BUILDPLATFORM maven:3.9-eclipse-temurin-17 AS build
WORKDIR /build
COPY pom.xml config.yml ./
COPY .mvn .mvn
COPY migrations migrations
COPY src src
RUN --mount=type=cache,target=/root/.m2 mvn -B -ntp -DskipTests package
# The same jar as two, so that a new version brings a layer of some megabytes: what others wrote changes seldom. Byte by byte alike where
# the content is: names in order, no times. No archive of classes (CDS): it is bound to one build of the JVM, and larger than what it
# would have to be made anew for.
WORKDIR /layers
RUN mkdir libraries program \
    && (cd libraries && jar --extract --file /build/target/bide.jar) \
    && mv libraries/dev libraries/migrations libraries/config.yml libraries/openapi.yaml program/ \
    && mkdir program/META-INF && mv libraries/META-INF/sbom program/META-INF/ \
    && mv libraries/META-INF/MANIFEST.MF program.mf && printf 'Multi-Release: true\n' > libraries.mf \
    && for layer in libraries program; do \
         (cd $layer && find . -type f | LC_ALL=C sort > ../$layer.list \
           && jar --create --file ../$layer.jar --date 2000-01-01T00:00:00Z --manifest ../$layer.mf @../$layer.list) \
         && touch -d 2000-01-01T00:00:00Z $layer.jar; \
       done

FROM eclipse-temurin:17-jre
# A user with a name: initdb asks for it.
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /data --shell /usr/sbin/nologin bide \
    && install -d -o bide -g bide -m 0700 /data
COPY --from=build /layers/libraries.jar /opt/bide/libraries.jar
COPY --from=build /layers/program.jar /opt/bide/program.jar
USER 10001:10001
WORKDIR /data
VOLUME /data
# In a container the outside reaches what is published; so it listens on all addresses, and needs API_KEYS (it says so).
# To add options use JDK_JAVA_OPTIONS: JAVA_TOOL_OPTIONS replaces these.
ENV BIND_HOST=0.0.0.0 DATA_DIR=/data LOG_FORMAT=json ALLOWED_PRIVATE_NETWORKS=none \
    JAVA_TOOL_OPTIONS="-XX:+UseParallelGC -XX:MaxRAMPercentage=60 -XX:+ExitOnOutOfMemoryError"
EXPOSE 8088 8089
HEALTHCHECK --interval=10s --timeout=5s --start-period=90s --retries=3 \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/${ADMIN_PORT:-8089} && printf 'GET /healthcheck HTTP/1.0\\r\\n\\r\\n' >&3 && head -n 1 <&3 | grep -q ' 200 '"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["java", "-cp", "/opt/bide/program.jar:/opt/bide/libraries.jar", "dev.bide.BideApplication"]
CMD ["server"]
