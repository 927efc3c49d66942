import { playShard } from './shard';

playShard(2);
