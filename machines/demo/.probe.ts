import {readFileSync,readdirSync} from 'node:fs';
import {VectorTile} from '@mapbox/vector-tile';
import {PbfReader} from 'pbf';
const dir='node_modules/@mapbox/mvt-fixtures/real-world/osm-qa-montevideo/';
const t0=performance.now();
const c:Record<string,number>={}; const keys:Record<string,number>={}; const ids=new Map<string,number>(); let dup=0;
const top:Record<string,Record<string,number>>={};
for(const f of readdirSync(dir)){
 const vt=new VectorTile(new PbfReader(readFileSync(dir+f)));
 for(const [n,l] of Object.entries(vt.layers)){
  for(let i=0;i<l.length;i++){const ft=l.feature(i);const p=ft.properties;
   c[`${f} ${n} ext${l.extent} v${l.version}`]=(c[`${f} ${n} ext${l.extent} v${l.version}`]??0)+1;
   const id=p['@id']??ft.id; const k=`${p['@type']}/${id}`; ids.set(k,(ids.get(k)??0)+1);
   for(const kk of Object.keys(p)){keys[kk]=(keys[kk]??0)+1;}
   for(const kk of ['highway','addr:housenumber','building','landuse','leisure','natural','waterway','amenity','shop','railway','place','@type','oneway','maxspeed','access','junction','area','leisure'])if(p[kk]!==undefined){const o=top[kk]??={};const s=kk==='addr:housenumber'?'type'+ft.type:String(p[kk])+(kk==='amenity'||kk=='shop'?'':'/'+ft.type);o[s]=(o[s]??0)+1;}
  }}
}
console.log(c,performance.now()-t0);
console.log(Object.entries(keys).sort((a,b)=>b[1]-a[1]).slice(0,60));
console.log('dups',[...ids.values()].filter(v=>v>1).length,ids.size);
for(const k in top)console.log(k,Object.entries(top[k]!).sort((a,b)=>b[1]-a[1]).slice(0,45).map(e=>e.join(':')).join(' '));
