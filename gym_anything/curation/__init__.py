"""Curation: from trajectories to what is worth learning from. After store and collect in the flow.

view           what there is to see of a step
grades         what is good enough, and where grades are kept
grade          a grade 0 to 10 of every step, with its reason and who gave it
  privileged     from the score, the teacher's labels and a known solution (route): the truth
  step_judge     from a model behind an endpoint (answers, pictures, prompts/)
  step_model     from a trained step reward model
agreement      how well one source's grades agree with another's
curate         which steps are learned from, which only stay in the context, and why
  progress       stretches in which nothing gets nearer to the end
  redundancy     near-identical pairs of screen and action
  balance        no application, skill or level drowns the others
contamination  tasks of one split that are in substance in another (likeness, task_source)
reasoning      one paragraph a step: situation, reason, next action (paragraph, phrases)
"""
