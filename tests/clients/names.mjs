// Leads fal's host names to SITE_TLS_PORT, as a hosts file does for whoever is root (node --import).
import tls from 'node:tls'

const connect = tls.connect
const names = /(^|\.)(fal\.run|falrun\.com|fal\.ai|fal\.media)$/
tls.connect = (options, ...rest) => {
  if (!names.test(options.host ?? '')) return connect(options, ...rest)
  const { host } = options
  const here = { ...options, servername: host, host: '127.0.0.1', port: process.env.SITE_TLS_PORT }
  return connect(here, ...rest)
}
