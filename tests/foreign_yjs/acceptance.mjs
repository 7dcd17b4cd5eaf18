// A client nobody here wrote (yjs, y-websocket, ws) against a room: eight checks, one line of JSON, exit code 0 or 1.
//
//     node acceptance.mjs "$(maxbooster cloud ticket PROJECT)"

import WebSocket from 'ws'
import * as Y from 'yjs'
import { WebsocketProvider } from 'y-websocket'

const address = new URL(process.argv[2])
const cut = address.pathname.lastIndexOf('/')
const server = `${address.protocol}//${address.host}${address.pathname.slice(0, cut)}`
const room = address.pathname.slice(cut + 1)
const params = Object.fromEntries(address.searchParams)

class Client {
  constructor (name, connect = true) {
    this.doc = new Y.Doc()
    this.map = this.doc.getMap('clips')
    this.provider = new WebsocketProvider(server, room, this.doc, {
      params, connect, WebSocketPolyfill: WebSocket, disableBc: true
    })
    this.closed = null
    this.drops = 0
    this.provider.on('connection-close', event => { this.drops += 1; this.closed = event?.code })
    this.provider.awareness.setLocalState({ user: { name }, cursor: 7 })
  }

  sees (other) { return this.provider.awareness.getStates().has(other.doc.clientID) }
  state (other) { return this.provider.awareness.getStates().get(other.doc.clientID) }
  end () { this.provider.destroy(); this.doc.destroy() }
}

async function until (condition, what, withinMs = 5000) {
  const end = Date.now() + withinMs
  while (!condition()) {
    if (Date.now() > end) throw new Error(`not within ${withinMs} ms: ${what}`)
    await new Promise(resolve => setTimeout(resolve, 10))
  }
}
const synced = client => until(() => client.provider.synced, 'synced')

const a = new Client('A')
const results = {}
async function check (name, run) {
  const start = performance.now()
  try { await run(); results[name] = { ok: true, ms: Math.round(performance.now() - start) } } catch (error) {
    results[name] = { ok: false, error: String(error) }
  }
}

await check('1 a late client has the edit', async () => {
  await synced(a)
  a.map.set('x.p', ['t', 960, 0])
  a.map.set('x.b', new Uint8Array([0, 1, 255]))
  a.map.set('x.n', 'é🎵')
  a.map.set('x.i', 2n ** 53n + 1n)
  const late = new Client('late')
  await until(() => late.map.get('x.i') === 2n ** 53n + 1n, 'the integer')
  const bytes = late.map.get('x.b')
  if (late.map.get('x.n') !== 'é🎵' || bytes.length !== 3 || bytes[2] !== 255) throw new Error('other values')
  late.end()
})
await check('2 a late client sees presence at once', async () => {
  const late = new Client('late')
  await until(() => late.sees(a), 'A is seen', 500)
  late.end()
})
await check('3 offline edits of both sides merge', async () => {
  const b = new Client('B')
  await synced(b)
  b.provider.disconnect()
  await until(() => !b.provider.wsconnected, 'B is away')
  b.map.set('b.p', 1)
  a.map.set('a.p', 2)
  b.provider.connect()
  await until(() => a.map.get('b.p') === 1 && b.map.get('a.p') === 2, 'both edits on both sides')
  b.end()
})
await check('4 presence is seen again after a reconnect', async () => {
  const b = new Client('B')
  await until(() => a.sees(b), 'B is seen')
  b.provider.disconnect()
  await until(() => !a.sees(b), 'B is gone')
  b.provider.connect()
  await until(() => a.sees(b) && b.sees(a), 'B is seen again')
  b.end()
})
await check('5 a dead peer leaves presence within 2 s, after a reconnect, too', async () => {
  const b = new Client('B')
  await until(() => a.sees(b), 'B is seen')
  b.provider.ws.terminate()
  await until(() => b.provider.wsconnected && a.sees(b), 'B is back')
  b.provider.shouldConnect = false
  b.provider.ws.terminate()
  await until(() => !a.sees(b), 'B is gone', 2000)
  b.end()
})
await check('6 ten clients that leave during edits drop nobody', async () => {
  const drops = a.drops
  const crowd = Array.from({ length: 10 }, (_, n) => new Client(`c${n}`))
  await Promise.all(crowd.map(synced))
  for (let n = 0; n < 100; n += 1) {
    a.map.set(`n${n}.p`, n)
    const leaver = crowd[n % 10]
    leaver.map.set(`l${n}.p`, n)
    if (n >= 90) leaver.provider.ws?.terminate()
    await new Promise(resolve => setTimeout(resolve, 5))
  }
  crowd.forEach(client => client.end())
  const late = new Client('late')
  await until(() => late.map.get('n99.p') === 99, 'the last edit')
  if (a.drops !== drops) throw new Error('A was dropped')
  late.end()
})
await check('7 garbage hurts nobody', async () => {
  const drops = a.drops
  const frames = [
    new Uint8Array(), new Uint8Array([99, 1, 2]), new Uint8Array([0, 2, 200, 1]), new Uint8Array([0, 2, 3, 1, 9, 9]),
    new Uint8Array([0, 2, 255, 255, 255, 255, 255, 255, 255, 255, 15]), new Uint8Array([1, 255, 255, 255, 255, 15]),
    new Uint8Array([0, 0, 3, 255, 255, 255]), 'text', new Uint8Array([2, 0, 1, 65]), new Uint8Array(5 * 1024 * 1024)
  ]
  for (const frame of frames) {
    const wire = new WebSocket(address)
    await new Promise((resolve, reject) => { wire.on('open', resolve); wire.on('error', reject) })
    wire.send(frame)
    await new Promise(resolve => setTimeout(resolve, 30))
    wire.terminate()
  }
  a.map.set('after.p', 1)
  const late = new Client('late')
  await until(() => late.map.get('after.p') === 1, 'the edit after it')
  if (a.drops !== drops) throw new Error('A was dropped')
  late.end()
})
await check('8 the document survives that everybody leaves', async () => {
  const before = JSON.stringify(a.map.get('x.p'))
  a.end()
  await new Promise(resolve => setTimeout(resolve, 200))
  const next = new Client('next')
  await until(() => next.map.get('after.p') === 1, 'the document')
  if (JSON.stringify(next.map.get('x.p')) !== before) throw new Error('another value')
  next.end()
})

const isGood = Object.values(results).every(result => result.ok)
console.log(JSON.stringify(results))
process.exit(isGood ? 0 : 1)
