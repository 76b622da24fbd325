"""The shipped rules as one DuckDB query written by hand, as the floor of what a cohort can cost.

It takes the answers as they are: it checks nothing, and does not tell why it concludes what it does. The numbers in it
are those of facts/ on the day it was written; the benchmark asserts that it still says what the rules say.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from trackfit.engine.inference.base import KnowledgeBase

if TYPE_CHECKING:
    import duckdb

QUERY = """
copy (
with people as (
  select file_row_number + 1 as row, * exclude (file_row_number) from read_parquet('{path}', file_row_number=true)
), held as (
  select row, bit_or(mask) as skills
  from (select row, unnest(string_split(skills, ', ')) as spelling from people) join alias using (spelling)
  group by row
), counted as (
  select people.* exclude (skills),
    bit_count(coalesce(held.skills, 0) & {agentic_ai})::int as agentic_ai,
    bit_count(coalesce(held.skills, 0) & {ai_engineering})::int as ai_engineering,
    bit_count(coalesce(held.skills, 0) & {ai_infrastructure})::int as ai_infrastructure,
    bit_count(coalesce(held.skills, 0) & {ml_engineering})::int as ml_engineering,
    bit_count(coalesce(held.skills, 0) & {mlops})::int as mlops,
    case when salary_goal is not null then coalesce(salary_basis, 'base') end as basis,
    case background
      when 'architect' then case when years_experience >= 20 then 'agentic_ai' end
      when 'backend_fullstack' then 'ai_engineering'
      when 'data_engineer' then 'mlops'
      when 'data_scientist' then 'ml_engineering'
      when 'devops_platform_sre' then 'ai_infrastructure'
    end as sourced
  from people left join held using (row)
), ranked as (
  select *,
    [track.name for track in list_sort(list_filter([
      {{'gap': if(sourced = 'agentic_ai', -99, -agentic_ai), 'name': 'agentic_ai'}},
      {{'gap': if(sourced = 'ai_engineering', -99, -ai_engineering), 'name': 'ai_engineering'}},
      {{'gap': if(sourced = 'ai_infrastructure', -99, -ai_infrastructure), 'name': 'ai_infrastructure'}},
      {{'gap': if(sourced = 'ml_engineering', -99, if(background = 'backend_fullstack', 0, -ml_engineering)),
        'name': 'ml_engineering'}},
      {{'gap': if(sourced = 'mlops', -99, -mlops), 'name': 'mlops'}}
    ], lambda track: track.gap <= -{enough}))] as tracks
  from counted
)
select row, id,
  tracks[1] as first_track,
  case when sourced is not null then 'sourced_route' when len(tracks) > 0 then 'skill_overlap' end as first_basis,
  case when sourced in ('ml_engineering', 'ai_infrastructure') then 6 when sourced is not null then 3 end::bigint
    as months_low,
  case when sourced in ('ml_engineering', 'ai_infrastructure') then 12 when sourced is not null then 6 end::bigint
    as months_high,
  tracks,
  list_filter([
    case when (list_contains(tracks, 'ai_engineering') and salary_goal > case
        when years_experience <= 2 then if(basis = 'base', 135000, 160000)
        when years_experience <= 5 then if(basis = 'base', 210000, 260000)
        when years_experience <= 9 and basis = 'base' then 280000 end)
      or (list_contains(tracks, 'ml_engineering') and salary_goal > case
        when years_experience <= 1 then 189000
        when years_experience between 3 and 4 then 202000
        when years_experience between 5 and 7 then 270000 end)
      then 'goal_above_sourced_range' end,
    case when sourced is null then 'no_sourced_route' end,
    case when portfolio = 'notebooks' and (background = 'data_scientist' or target_track = 'ml_engineering')
      then 'notebook_portfolio' end,
    case when target_reason = 'salary' and target_track is distinct from sourced
      and target_track is not null
      and not (background = 'architect' and target_track = 'agentic_ai' and years_experience is null)
      then 'salary_routing' end,
    case when years_experience between 5 and 9 and (list_has_any(tracks, ['ai_engineering', 'ml_engineering'])
      or target_track in ('ai_engineering', 'ml_engineering')) then 'salary_sources_disagree' end,
    case when background = 'data_scientist' and expects_same_work then 'same_work_better_title' end,
    case when background = 'architect' and years_experience < 20 then 'seniority_below_route' end,
    case when background = 'devops_platform_sre' and considers_generic_cloud then 'undershooting_cloud' end,
    case when background = 'data_engineer' and undervalues_pipeline_skills then 'undervalues_pipeline_skills' end,
    case when background = 'architect' and waits_to_learn_enough then 'waiting_to_learn' end
  ], lambda warning: warning is not null) as warnings
from ranked order by row
) to '{out}' (format parquet)
"""
OVERLAP_THRESHOLD = "overlap_threshold"


def hand_written(connection: duckdb.DuckDBPyConnection, kb: KnowledgeBase, path: Path, out: Path) -> None:
    """Run the query from one Parquet file to another; skills come from the table of spellings, as bits."""
    wanted = sorted({skill for skills in kb.ways.lists.values() for skill in skills})
    bits = {skill: 1 << place for place, skill in enumerate(wanted)}
    rows = []
    for skill in kb.facts.skills.values():
        mask = sum(bits.get(one, 0) for one in kb.reader.index.counted([skill.id]))
        rows += [(text, mask) for text in {skill.id, skill.name, *skill.aliases}]
    connection.execute("create temp table alias (spelling varchar, mask bigint)")
    connection.executemany("insert into alias values (?, ?)", rows)
    tracks = {track: sum(bits[one] for one in skills) for track, skills in kb.ways.lists.items()}
    percent = int(kb.facts.figures[OVERLAP_THRESHOLD].low)
    held = next(number for number in range(100) if 100 * number // 12 >= percent)
    connection.execute(QUERY.format(path=path, out=out, enough=held, **tracks))
