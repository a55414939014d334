# What becomes of the extension without a Node that runs it: without-node.sh NAME FAULT
#
# Lambda ends an environment whose extension exits, or does not register: so it registers, and then sleeps in the request for its only
# event, the end. For that it takes what such images have: curl, bash, or wget (BusyBox's as well). Nothing is captured.

name=$1
fault=$2
api=/2020-01-01/extension
# The API is on this machine: no proxy is asked.
unset http_proxy HTTP_PROXY all_proxy ALL_PROXY

# One line of the log, as extension/log.ts writes it.
say() {
  printf '{"level":"%s","source":"inference-capture","message":"%s"}\n' "$1" "$2"
}

# Whether a switch is on, as capture/variables.ts reads it: what is set and is no clear no.
is_on() {
  set -f
  set -- $1 # without quotes, so that the space around it goes
  case $* in
    '' | 0 | [Ff][Aa][Ll][Ss][Ee] | [Nn][Oo] | [Oo][Ff][Ff]) return 1 ;;
  esac
}

# request METHOD PATH BODY HEADER...: writes the answer, its headers too. It has no time-out: the environment may be frozen meanwhile.
request_by_curl() {
  method=$1 url="http://$AWS_LAMBDA_RUNTIME_API$2" body=$3
  shift 3
  for header; do
    shift
    set -- "$@" -H "$header"
  done
  curl -q -s -i -X "$method" "$@" ${body:+--data "$body"} "$url"
}
request_by_wget() {
  url="http://$AWS_LAMBDA_RUNTIME_API$2" body=$3
  shift 3
  for header; do
    shift
    set -- "$@" --header "$header"
  done
  wget -q -S -O - $patience "$@" ${body:+--post-data "$body"} "$url" 2>&1
}
request_by_bash() {
  method=$1 path=$2 body=$3
  shift 3
  exec 3<>"/dev/tcp/${AWS_LAMBDA_RUNTIME_API%:*}/${AWS_LAMBDA_RUNTIME_API##*:}" || return
  # HTTP/1.0, so that the end of the connection is the end of the answer.
  printf '%s %s HTTP/1.0\r\nHost: %s\r\nContent-Length: %d\r\n' "$method" "$path" "$AWS_LAMBDA_RUNTIME_API" "${#body}" >&3
  printf '%s\r\n' "$@" >&3
  printf '\r\n%s' "$body" >&3
  while IFS= read -r line <&3 || [ -n "$line" ]; do printf '%s\n' "$line"; done
}

if command -v curl >/dev/null; then
  request() { request_by_curl "$@"; }
elif [ -n "${BASH_VERSION-}" ]; then
  request() { request_by_bash "$@"; }
elif command -v bash >/dev/null; then
  exec bash "$0" "$@"
elif command -v wget >/dev/null; then
  patience= # some know neither option, and then have no time-out either
  usage=$(wget --help 2>&1)
  case $usage in *-T*) patience='-T 0' ;; esac
  case $usage in *--tries*) patience="$patience -t 1" ;; esac
  request() { request_by_wget "$@"; }
else
  say ERROR "$fault, and nothing here speaks HTTP: leave the extension out of this image"
  exit 1
fi

# Tells Lambda of an extension that is there for the end only.
register() {
  answer=$(request POST $api/register '{"events":["SHUTDOWN"]}' "Lambda-Extension-Name: $name" "$json")
  case $answer in
    *HTTP/1.?' 200'*) identifier=${answer#*[Ll]ambda-[Ee]xtension-[Ii]dentifier: } ;;
    *) return 1 ;;
  esac
  identifier="Lambda-Extension-Identifier: ${identifier%%[!0-9A-Za-z-]*}"
}

# Waits for the end, however long the environment is frozen.
next() {
  case $(request GET $api/event/next '' "$identifier") in
    *SHUTDOWN*) ;;
    *) return 1 ;;
  esac
}

json='Content-Type: application/json'
if is_on "${CAPTURE_DISABLED-}" && ! is_on "${CAPTURE_FAIL_CLOSED-}"; then
  say INFO 'CAPTURE_DISABLED: the extension captures nothing, and does not listen'
else
  say ERROR "$fault: no record is captured. Add Node 20.16 or newer to the image, or take the layer with a Node of its own"
fi

registered=
register && registered=yes
if is_on "${CAPTURE_FAIL_CLOSED-}"; then
  say ERROR 'CAPTURE_FAIL_CLOSED: the function must not start without capture'
  [ -z "$registered" ] || request POST $api/init/error \
    "{\"errorType\":\"Extension.NodeMissing\",\"errorMessage\":\"$fault\",\"stackTrace\":[]}" \
    'Lambda-Extension-Function-Error-Type: Extension.NodeMissing' "$identifier" "$json" >/dev/null
  exit 1
fi
# An extension that Lambda refused stays as well: its exit would be the end of the environment.
while [ -z "$registered" ]; do sleep 60 || exit; done
attempts=100 # with so many in vain, nobody is there any more
until next; do
  attempts=$((attempts - 1))
  [ $attempts -gt 0 ] || exit 1
  sleep 1 || exit
done
