import { stringify } from 'yaml';
import type { Model } from '../model/model.ts';
import type { OutputFile } from '../outputs/output-file.ts';
import { grafanaDuration } from './duration.ts';

const PROMETHEUS_UID = 'outspan-prometheus';
const JAEGER_UID = 'outspan-jaeger';
/** The label that Prometheus gives the trace of an exemplar that came over OTLP. */
const EXEMPLAR_LABEL = 'trace_id';
/** Where the dashboards' folder is to be mounted. */
const DASHBOARD_FOLDER = '/var/lib/grafana/dashboards/outspan';

const DATASOURCES_HEADER = ` Grafana reads this in /etc/grafana/provisioning/datasources.
 Its environment says where the servers are; Grafana knows no defaults here, so both are needed:
   PROMETHEUS_URL  such as http://prometheus:9090
   JAEGER_URL      such as http://jaeger:16686`;

const DASHBOARDS_HEADER = ` Grafana reads this in /etc/grafana/provisioning/dashboards.
 Mount the folder of the generated dashboards at ${DASHBOARD_FOLDER}.`;

/** Files that tell Grafana of its data sources and dashboards when it starts. */
export function provisioning(model: Model): readonly OutputFile[] {
  return [
    { path: 'grafana/provisioning/datasources.yaml', text: yaml(DATASOURCES_HEADER, datasources(model)) },
    { path: 'grafana/provisioning/dashboards.yaml', text: yaml(DASHBOARDS_HEADER, DASHBOARD_PROVIDERS) },
  ];
}

function datasources({ interval, links }: Model): object {
  return {
    apiVersion: 1,
    datasources: [
      {
        name: 'Outspan Prometheus',
        uid: PROMETHEUS_UID,
        type: 'prometheus',
        access: 'proxy',
        url: '${PROMETHEUS_URL}',
        jsonData: {
          httpMethod: 'POST',
          timeInterval: grafanaDuration(interval),
          exemplarTraceIdDestinations: [
            { name: EXEMPLAR_LABEL, datasourceUid: JAEGER_UID, urlDisplayLabel: 'Trace in Grafana' },
            // Two dollars are one: without that Grafana would look for an environment variable.
            ...(links.jaeger === undefined ? [] : [{ name: EXEMPLAR_LABEL, url: `${links.jaeger}/trace/$\${__value.raw}`, urlDisplayLabel: 'Trace in Jaeger' }]),
          ],
        },
      },
      { name: 'Outspan Jaeger', uid: JAEGER_UID, type: 'jaeger', access: 'proxy', url: '${JAEGER_URL}' },
    ],
  };
}

const DASHBOARD_PROVIDERS: object = {
  apiVersion: 1,
  providers: [{ name: 'outspan', folder: 'Outspan', type: 'file', allowUiUpdates: false, options: { path: DASHBOARD_FOLDER } }],
};

function yaml(header: string, content: object): string {
  const comment = header.split('\n').map((line) => `#${line}\n`);
  return `${comment.join('')}${stringify(content, { lineWidth: 0 })}`;
}
