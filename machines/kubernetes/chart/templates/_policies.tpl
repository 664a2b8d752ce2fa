{{/* Pods by their role, and the way to Postgres wherever it is. */}}
{{- define "dropmate.role" -}}
podSelector: { matchLabels: { app.kubernetes.io/name: dropmate, app.kubernetes.io/instance: {{ .root.Release.Name }}, dropmate/role: {{ .role }} } }
{{- end }}
{{- define "dropmate.fromOutside" -}}
- namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: {{ .Values.networkPolicy.ingressNamespace }} } }
{{- range .Values.networkPolicy.ingressCidrs }}
- ipBlock: { cidr: {{ . }} }
{{- end }}
{{- end }}
{{- define "dropmate.toDatabase" -}}
{{- $own := regexFind ":[0-9]+/" .Values.database.url | trimAll ":/" | default "5432" | int -}}
{{- $ports := list -}}
{{- range list 5432 6432 $own | uniq }}{{ $ports = append $ports (dict "port" .) }}{{ end -}}
{{- if .Values.postgres.enabled -}}
- to: [{ {{ include "dropmate.role" (dict "root" . "role" "postgres") }} }]
  ports: [{ port: 5432 }]
{{- else if .Values.database.cidrs -}}
- to: {{ range .Values.database.cidrs }}
    - ipBlock: { cidr: {{ . }} }{{ end }}
  ports: {{ toJson $ports }}
{{- else -}}
- ports: {{ toJson $ports }}
{{- end }}
{{- end }}
