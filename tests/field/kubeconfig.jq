# The values of the current context, in the words of test-kubeconfig. $server is what kubectl asks, $dir the folder of the
# kubeconfig. What kubectl does not use is left out: a token beside a tokenFile, a plugin beside a token or a password.
def text: select(. != null and . != "");
def path: text | if startswith("/") then . else $dir + "/" + . end;
. as $config
| (first(.contexts[]? | select(.name == $config["current-context"])).context // {}) as $context
| (first(.clusters[]? | select(.name == ($context.cluster // ""))).cluster // {}) as $cluster
| (first(.users[]? | select(.name == ($context.user // ""))).user // {}) as $user
| ($user.tokenFile // "" | length > 0) as $has_file
| (["token", "tokenFile", "username"] | any($user[.] // "" | length > 0)) as $is_known
| ($server | sub("^(?<host>[^/]*//[^/]*)"; .host | ascii_downcase) | sub("/$"; "") | sub("\\[(?<v4>[0-9.]+)\\]"; .v4) | "server=" + sub(":0+(?<port>[1-9])"; ":" + .port)),
  ($cluster
    | (select(.["insecure-skip-tls-verify"]) | "insecure-skip-tls-verify=true"),
      (select(.["disable-compression"]) | "disable-compression=true"),
      (.["tls-server-name"] | text | "tls-server-name=" + (ascii_downcase | ltrimstr("[") | rtrimstr("]"))),
      (if .["certificate-authority-data"] then "certificate-authority-data=" + (.["certificate-authority-data"] | @base64d)
       else .["certificate-authority"] | path | "certificate-authority=" + . end)),
  ($user
    | (["client-certificate", "client-key"][] as $name
        | if .[$name + "-data"] then $name + "-data=" + (.[$name + "-data"] | @base64d)
          else .[$name] | path | $name + "=" + . end),
      (select($has_file | not) | .token | text | "token=" + sub("^\\s+"; "") | sub("\\s+$"; "")),
      (.tokenFile | path | "tokenFile=" + .),
      (select(.username // "" | length > 0) | "basic=" + .username + ":" + (.password // "")),
      (select($is_known | not) | .exec // empty
        | "exec=" + (.command | if startswith("/") then . else $dir + "/" + . end),
          (.args[]? | "exec=" + .), (.env[]? | "env=" + .name + "=" + .value),
          (select(.provideClusterInfo)
            | first($cluster.extensions[]? | select(.name == "client.authentication.k8s.io/exec"))
            | "config=" + (.extension | tojson))))
