import {readFileSync,readdirSync} from 'node:fs';
import {VectorTile} from '@mapbox/vector-tile';
import {PbfReader} from 'pbf';
const dir='node_modules/@mapbox/mvt-fixtures/real-world/osm-qa-montevideo/';
const seen=new Map<string,any[]>();let n=0;const types:any={};
const poi:any[]=[];let addrSamples=0;const cities:any={};const roadS:any[]=[];const dupAddr:any={};let addrNoStreet=0;const an:any={};
for(const f of readdirSync(dir)){
 const [,x,y]=f.match(/12-(\d+)-(\d+)/)!.map(Number) as any;
 const vt=new VectorTile(new PbfReader(readFileSync(dir+f)));const l=vt.layers.osm!;
 for(let i=0;i<l.length;i++){const ft=l.feature(i);const p=ft.properties as any;
  const k=p['@type']+p['@id'];if(!seen.has(k))seen.set(k,[]);seen.get(k)!.push([f,i,ft.type]);
  if(p['addr:housenumber']){if(addrSamples++%20000==0)console.log(p,JSON.stringify(ft.toGeoJSON(x,y,12).geometry).slice(0,150));if(!p['addr:street'])addrNoStreet++;cities[p['addr:city']]=(cities[p['addr:city']]??0)+1;const a=p['addr:street']+'|'+p['addr:housenumber'];dupAddr[a]=(dupAddr[a]??0)+1;if(!/^\d+$/.test(p['addr:housenumber'])){const s=String(p['addr:housenumber']).replace(/\d+/,'N');an[s]=(an[s]??0)+1}}
  if(p.highway&&ft.type==2&&roadS.length<400&&i%97==0)roadS.push(p);
  if(ft.type==1&&(p.amenity=='cafe'||p.amenity=='restaurant')&&p.name&&p['addr:street'])poi.push([p.name,p['addr:street'],p['addr:housenumber']]);
 }}
console.log('no street',addrNoStreet,cities,'dups addr',Object.values(dupAddr).filter((v:any)=>v>1).length,Object.keys(dupAddr).length);
console.log(Object.entries(an).sort((a:any,b:any)=>b[1]-a[1]).slice(0,30).join(' '));
console.log(roadS.slice(0,4),poi.slice(0,30),poi.length);
let shown=0;for(const [k,v] of seen)if(v.length>1){ if(shown++>5)break;console.log(k);for(const [f,i] of v){const [,x,y]=f.match(/12-(\d+)-(\d+)/)!.map(Number) as any;const ft=new VectorTile(new PbfReader(readFileSync(dir+f))).layers.osm!.feature(i);const raw=ft.loadGeometry();console.log(f,ft.type,ft.properties.highway,raw.map((r:any)=>r.map((q:any)=>q.x+','+q.y).join(' ')).join(' | ').slice(0,500))}}
