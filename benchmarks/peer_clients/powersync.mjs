// PowerSync's real client with a stand-in for its service, whose packages no registry has: lines ready to be sent, no
// database behind them. The best case for it; what it pushes is counted and nothing more.
import { createServer } from 'node:http'
import { rmSync } from 'node:fs'
import { PowerSyncDatabase, Schema, Table, column } from '@powersync/node'
import { CHANGED, FreeServer, documents, edited, tell, timed } from './office.mjs'

const [, , file, place] = process.argv
const AT_A_TIME = 1000
const docs = documents(file)
const names = Object.keys(docs[0]).filter((name) => name !== 'id')

// Every put's checksum is 1, so that a bucket's checksum is how many there are.
const put = (doc, number) => ({ op_id: String(number), op: 'PUT', object_type: 'cases', object_id: doc.id, checksum: 1, subkey: doc.id, data: JSON.stringify({ ...doc, id: undefined }) })
const line = (said) => JSON.stringify(said) + '\n'
function lines(log, from) {
  const made = []
  for (let at = from; at < log.length; at += AT_A_TIME) {
    const some = log.slice(at, at + AT_A_TIME)
    const data = some.map((doc, index) => put(doc, at + index + 1))
    made.push(line({ data: { bucket: 'office[]', data, has_more: false, after: String(at), next_after: String(at + some.length) } }))
  }
  return made
}

const server = new FreeServer(docs)
const waiting = new Set()
let pushed = 0
let writes = 0
let prepared = lines(server.log, 0)
const checkpoint = () => line({ checkpoint: { last_op_id: String(server.log.length), write_checkpoint: String(writes), buckets: [{ bucket: 'office[]', checksum: server.log.length, count: server.log.length, priority: 3, subscriptions: [] }], streams: [] } })
const whole = () => line({ checkpoint_complete: { last_op_id: String(server.log.length) } })
const http = createServer((request, response) => {
  if (request.url.startsWith('/sync/stream')) {
    response.writeHead(200, { 'Content-Type': 'application/x-ndjson' })
    response.write(checkpoint())
    for (const each of prepared) response.write(each)
    response.write(whole())
    waiting.add(response)
    request.on('close', () => waiting.delete(response))
    return
  }
  response.writeHead(200, { 'Content-Type': 'application/json' })
  response.end(JSON.stringify({ data: { write_checkpoint: String(++writes) } }))
  for (const one of waiting) one.write(checkpoint() + whole())
})
await new Promise((ready) => http.listen(0, '127.0.0.1', ready))
const endpoint = `http://127.0.0.1:${http.address().port}`

const table = new Table(Object.fromEntries(names.map((name) => [name, typeof docs[0][name] === 'number' ? column.integer : column.text])), {
  indexes: { status: ['status'], owner: ['owner_id'], project: ['project_id'], created: ['created_at'], number: ['number'] }
})
rmSync(place, { force: true })
const database = new PowerSyncDatabase({ schema: new Schema({ cases: table }), database: { dbFilename: place, implementation: { type: 'better-sqlite3' } } })
const connector = {
  fetchCredentials: async () => ({ endpoint, token: 'none' }),
  uploadData: async (here) => {
    const batch = await here.getCrudBatch(500)
    if (!batch) return
    pushed += batch.crud.length
    await batch.complete()
  }
}
const rows = async (where) => (await database.get(`SELECT count(*) AS n FROM cases ${where}`)).n
async function until(fact) {
  for (;;) {
    if (await fact()) return
    await new Promise((again) => setTimeout(again, 2))
  }
}

await database.init()
const first = await timed(async () => {
  await database.connect(connector)
  await database.waitForFirstSync()
})
const before = server.log.length
server.change('there')
const later = lines(server.log, before)
const delta = await timed(async () => {
  for (const one of waiting) one.write(checkpoint() + later.join('') + whole())
  await until(async () => (await rows("WHERE description LIKE 'there %'")) === CHANGED)
})
prepared = prepared.concat(later)
const mine = edited(docs)
const push = await timed(async () => {
  await database.writeTransaction(async (tx) => {
    for (const doc of mine) await tx.execute('UPDATE cases SET description = ?, status = ?, priority = ? WHERE id = ?', [doc.description, doc.status, doc.priority, doc.id])
  })
  await until(async () => (await database.get('SELECT count(*) AS n FROM ps_crud')).n === 0)
})
tell({ first, delta, push, count: await rows(''), pushed })
process.exit(0)
