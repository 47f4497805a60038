#!/bin/sh
# Writes Redis' statistics to the log every minute. CloudWatch makes metrics of such lines:
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html

metrics='{"Namespace":"Redis","Dimensions":[["ServiceName"]],"Metrics":[
{"Name":"MemoryUsed","Unit":"Percent"},{"Name":"MemoryResident","Unit":"Percent"},{"Name":"Clients","Unit":"Count"},
{"Name":"Evictions","Unit":"Count"},{"Name":"Commands","Unit":"Count"},{"Name":"CommandTime","Unit":"Microseconds"},
{"Name":"AppendFailed","Unit":"Count"},{"Name":"Loading","Unit":"Count"}]}'
metrics=$(echo "$metrics" | tr -d '\n')

# Prints the line, then the counters of Redis, from which the next line counts.
report() {
  awk -F '[:=,\r]' -v metrics="$metrics" -v service="$SERVICE_NAME" -v now="$(date +%s)" -v last="$1" '
    /^used_memory:/ { used = $2 }
    /^used_memory_rss:/ { resident = $2 }
    /^maxmemory:/ { most = $2 }
    /^connected_clients:/ { clients = $2 }
    /^evicted_keys:/ { evicted = $2 }
    /^loading:/ { loading = $2 }
    /^aof_last_(write|bgrewrite)_status:err/ { failed = 1 }
    /^cmdstat_/ { calls += $3; time += $5 }
    END {
      if (used == "") exit 1 # no reply
      split(last, before, " ")
      if (calls < before[1]) split("", before) # Redis has restarted
      done = calls - before[1]
      printf "{\"_aws\":{\"Timestamp\":%.0f000,\"CloudWatchMetrics\":[%s]},\"ServiceName\":\"%s\",", now, metrics, service
      printf "\"MemoryUsed\":%.0f,\"MemoryResident\":%.0f,", most ? 100 * used / most : 0, most ? 100 * resident / most : 0
      printf "\"Clients\":%.0f,", clients
      printf "\"Evictions\":%.0f,\"Commands\":%.0f,", evicted - before[3], done
      printf "\"CommandTime\":%.0f,\"AppendFailed\":%.0f,", done ? (time - before[2]) / done : 0, failed
      printf "\"Loading\":%.0f}\n", loading
      printf "%.0f %.0f %.0f\n", calls, time, evicted
    }'
}

last=
while :; do
  if lines=$(timeout -s KILL 5 redis-cli -u redis://redis:6379 info all | report "$last"); then
    # The first line would count since the start of Redis.
    [ -z "$last" ] || echo "$lines" | head -n 1
    last=$(echo "$lines" | tail -n 1)
  fi
  sleep 60
done
