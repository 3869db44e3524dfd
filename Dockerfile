# pstest as an image: the static program, the CA bundle of the builder, nothing else.
#
#   docker build --build-arg VERSION=$(git describe --tags --always) -t pstest .
#
# BUILDER is any image with Go 1.26, sh and a CA bundle; TARGETOS and TARGETARCH are set by the build tool.
ARG BUILDER=golang:1.26.8-bookworm

FROM --platform=$BUILDPLATFORM ${BUILDER} AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG TARGETOS
ARG TARGETARCH
ARG VERSION=dev
RUN CGO_ENABLED=0 GOOS="${TARGETOS:-linux}" GOARCH="${TARGETARCH:-$(go env GOARCH)}" \
    go build -trimpath -ldflags "-s -w -X main.version=${VERSION}" -o /out/pstest ./cmd/pstest

FROM scratch
ARG VERSION=dev
ARG REVISION=unknown
LABEL org.opencontainers.image.title="pstest" \
      org.opencontainers.image.description="Tells why PowerShell remoting to a Windows host works or does not, from Linux or macOS" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /src/LICENSE /LICENSE
COPY --from=build /out/pstest /pstest
USER 65532:65532
ENTRYPOINT ["/pstest"]
