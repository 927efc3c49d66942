import { playShard } from './shard';

playShard(4);
