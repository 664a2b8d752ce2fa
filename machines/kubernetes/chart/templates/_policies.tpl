{{/* Pods by their role, and the way to Postgres wherever it is. */}}
{{- define "dropmate.role" -}}
podSelector: { matchLabels: { app.kubernetes.io/name: dropmate, app.kubernetes.io/instance: {{ .root.Release.Name }}, dropmate/role: {{ .role }} } }
{{- end }}
{{- define "dropmate.toDatabase" -}}
{{- if .Values.postgres.enabled -}}
- to: [{ {{ include "dropmate.role" (dict "root" . "role" "postgres") }} }]
  ports: [{ port: 5432 }]
{{- else if .Values.database.cidrs -}}
- to: {{ range .Values.database.cidrs }}
    - ipBlock: { cidr: {{ . }} }{{ end }}
  ports: [{ port: 5432 }, { port: 6432 }]
{{- else -}}
- ports: [{ port: 5432 }, { port: 6432 }]
{{- end }}
{{- end }}
