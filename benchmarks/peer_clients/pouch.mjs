// PouchDB on LevelDB replicating with express-pouchdb (its own server, in memory) in a process of its own.
import { fork } from 'node:child_process'
import PouchDB from 'pouchdb-node'
import { CHANGED, documents, edited, tell, timed } from './office.mjs'

const [, , file, folder] = process.argv
const server = fork(new URL('./pouch_server.mjs', import.meta.url), [file])
const heard = (wanted) => new Promise((resolve) => server.on('message', (said) => said.kind === wanted && resolve(said)))
const { port } = await heard('ready')
const far = new PouchDB(`http://127.0.0.1:${port}/office`)
const here = new PouchDB(folder)
const options = { batch_size: 1000, batches_limit: 2 }

const first = await timed(() => here.replicate.from(far, options))
server.send('change')
await heard('changed')
const delta = await timed(() => here.replicate.from(far, options))
const mine = edited(documents(file))
const stored = await here.allDocs({ keys: mine.map((doc) => doc.id) })
const revs = new Map(stored.rows.map((row) => [row.id, row.value.rev]))
await here.replicate.to(far, { ...options, filter: () => false })
await here.bulkDocs(mine.map((doc) => ({ ...doc, _id: doc.id, _rev: revs.get(doc.id) })))
let pushed = 0
const push = await timed(async () => {
  pushed = (await here.replicate.to(far, options)).docs_written
})
const { doc_count: count } = await here.info()
tell({ first, delta, push, count, pushed, changed: CHANGED })
server.kill()
process.exit(0)
